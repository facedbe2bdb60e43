import type { RequestPath } from '../../backend/routes/path.ts'
import type { Clock } from '../../base/clock.ts'
import { type CofferError, isFailure } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { StorageKey } from '../../storage/store.ts'
import { moveChunk } from '../../sys/kv/move/chunk.ts'
import type { Mover } from '../../sys/kv/move/mover.ts'
import { planMove } from '../../sys/kv/move/plan.ts'
import { type Move, movePrefix, moves } from '../../sys/kv/move/record.ts'
import type { Ground } from '../../transaction/transaction.ts'
import type { Usage } from '../../usage/usage.ts'
import type { ActFor } from '../request/handle.ts'
import type { Duty, Turn } from './duty.ts'
import { leftRows } from './left.ts'

export type MoveParts = Pick<Mover, 'secretsOf'> & { usage(): Pick<Usage, 'moved'>; readonly actFor: ActFor }
type Parts = MoveParts & { readonly ground: () => Ground; readonly clock: Clock; readonly random: Random }

/** Parts of moves that one run does. */
const maxSteps = 100
const pageSize = 100
/** Milliseconds that a move which is over can still be asked about. */
const keptFor = 24 * 3600_000

/** Goes on with moves that are too large for one commit, for the tokens that began them as they are now. */
export function movesDuty(parts: Parts): Duty {
  const { ground, clock } = parts
  async function goOn(key: StorageKey, turn: Turn): Promise<Move['state'] | undefined> {
    const move = await turn.transact((tx) => tx.get(moves, key))
    if (move === undefined) return undefined
    if (move.state !== 'running') {
      if (move.updated + keptFor < clock.now()) await turn.transact(async (tx) => tx.delete(key))
      return move.state
    }
    try {
      return await step(key, move, turn)
    } catch (error) {
      if (!isFailure(error, ...refusals)) throw error
      await turn.transact(async (tx) => {
        const now = await tx.get(moves, key)
        if (now?.state === 'running') tx.put(moves, key, stopped(now, error))
      })
      return 'stopped'
    }
  }

  const step = (key: StorageKey, { id, hash, instance, address }: Move, turn: Turn) =>
    parts.actFor<Move['state'] | undefined>(
      { id, path: 'sys/kv/move' as RequestPath, hash, instance, address },
      (work) => turn.transact(work),
      async (tx, caller, subrequests) => {
        const move = await tx.get(moves, key)
        if (move?.state !== 'running') return move?.state
        const mover = {
          tx,
          subrequests,
          caller,
          random: parts.random,
          now: clock.now(),
          secretsOf: parts.secretsOf,
          moved: parts.usage().moved,
          limits: ground().store.limits,
        }
        const { moved, isDone } = await moveChunk(mover, await planMove(mover, move))
        const state = isDone ? 'done' : 'running'
        tx.put(moves, key, { ...move, state, moved: move.moved + moved, updated: clock.now() })
        return state
      },
    )

  const stopped = (move: Move, error: CofferError): Move => ({
    ...move,
    state: 'stopped',
    reason: error.message || error.code.replaceAll('_', ' '),
    updated: clock.now(),
  })

  return {
    name: 'moves',
    every: 5_000,
    async run(turn) {
      const left = leftRows()
      let steps = maxSteps
      for (let after: string | undefined; steps > 0 && !turn.signal.aborted; ) {
        const { names, more } = await ground().store.list(movePrefix, { after, limit: pageSize })
        for (const name of names) {
          await left.past(movePrefix, name, async (key) => {
            let state: Move['state'] | undefined = 'running'
            while (state === 'running' && steps-- > 0 && !turn.signal.aborted) state = await goOn(key, turn)
          })
        }
        after = names.at(-1)
        if (!more) break
      }
      left.report()
      return steps > 0 ? 'done' : 'more'
    },
  }
}

/** What going on would not change. */
const refusals = [
  'permission_denied',
  'policy_denied',
  'forbidden',
  'invalid_request',
  'invalid_path',
  'no_handler',
  'unsupported_path',
  'unsupported_operation',
  'not_found',
  'storage_limit',
] as const
