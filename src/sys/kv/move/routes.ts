import { answer } from '../../../backend/answers/answer.ts'
import { callerOf, type SystemContext } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type SystemRoute, systemRoute } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import type { SystemServices } from '../../services.ts'
import { moveChunk } from './chunk.ts'
import type { Mover } from './mover.ts'
import { planMove } from './plan.ts'
import { type Move, movedShape, moveKey, moveShape, moves, shownMove } from './record.ts'

const fields = {
  from: field.string('The secret, by its mount and name; a folder ends in "/".'),
  to: field.string('What it is to be called, with its mount.'),
  overwrite: field.boolean('Replace what is at the target.'),
}

async function move(
  services: SystemServices,
  context: SystemContext,
  { from = '', to = '', overwrite = false }: FieldValues<typeof fields>,
): Promise<Reply> {
  const mover: Mover = {
    tx: context.tx,
    subrequests: context.subrequests,
    caller: callerOf(context),
    random: context.random,
    now: context.clock.now(),
    secretsOf: services.secretsOf,
    moved: services.usage().moved,
    limits: services.limits(),
  }
  const { moved, isDone } = await moveChunk(mover, await planMove(mover, { from, to, overwrite }))
  if (isDone && moved === 0) fail('not_found')
  if (isDone) return { data: { atomic: true, from, to, moved } }
  const job = begun(context, { from, to, overwrite, moved })
  context.tx.put(moves, moveKey(job.id), job)
  context.tx.afterCommit(() => services.movesSoon())
  return { data: shownMove(job) }
}

/** @throws invalid_request for a token that cannot be asked about later */
function begun(context: SystemContext, wanted: Pick<Move, 'from' | 'to' | 'overwrite' | 'moved'>): Move {
  const { hash, record, type } = callerOf(context).token
  if (type !== 'service' || record.numUses > 0) {
    fail(
      'invalid_request',
      'the folder is too large to move at once, and a batch token or one that counts its uses cannot go on with it',
    )
  }
  const now = context.clock.now()
  return {
    id: context.random.uuid(),
    ...wanted,
    state: 'running',
    started: now,
    updated: now,
    hash,
    instance: record.instance,
    entityId: record.entityId,
    address: context.request.remote.address,
  }
}

/** For whoever began it: the same token, or another of the same entity that is no locker. */
async function show(context: SystemContext): Promise<Reply> {
  const id = context.params.id ?? ''
  const found = /^[0-9a-f-]{36}$/.test(id) ? await context.tx.get(moves, moveKey(id)) : undefined
  const { instance, entityId, locker } = callerOf(context).token.record
  const isSamePerson = entityId !== '' && locker !== true && found?.entityId === entityId
  const isTheirs = found?.instance === instance || isSamePerson
  return found === undefined || !isTheirs ? fail('not_found') : { data: shownMove(found) }
}

export const moveRoutes = (services: SystemServices): readonly SystemRoute[] => [
  systemRoute({
    path: 'kv/move',
    summary: 'Move or rename a secret with its versions, or a folder.',
    description:
      'Takes "delete" at the source (of version 2: of its metadata) and "create" or "update" at the target, for each ' +
      'secret. What fits into one commit moves at once or not at all; a larger folder moves in parts, each at once, ' +
      'and the answer names a "job". Version 1 can move to version 2 but not back.',
    fields,
    answers: { write: answer.data(movedShape) },
    operations: { update: (context, sent) => move(services, context, sent) },
  }),
  systemRoute({
    path: 'kv/move/{id}',
    summary: 'How a move in parts goes.',
    answers: { read: answer.data(moveShape) },
    operations: { read: show },
  }),
]
