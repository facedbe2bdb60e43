import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { namesOf } from '../../backend/routes/listing.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { type Lease, leaseKey, leasePrefix, leases, secondsLeft } from '../../lease/lease.ts'
import type { TokenHash } from '../../token/record.ts'
import { revokeToken } from '../../token/revoke.ts'
import type { SystemServices } from '../services.ts'

const leaseIdField = {
  lease_id: field.string('The lease.', { maxLength: 2048 }),
  sync: field.boolean('Kept for clients; a revocation always holds when the call returns.'),
}

/** The hash in the id of a token's lease: `<path>/h<64 hex digits>`. */
const tokenLease = /\/h([0-9a-f]{64})$/

/** @returns undefined when there is no such lease or its time is over */
async function find({ tx, clock }: SystemContext, id: string): Promise<Lease | undefined> {
  // An id is the end of a key, so it must read like one.
  if (!/^[^/\0]+(\/[^/\0]+)+$/.test(id)) return undefined
  const lease = await tx.get(leases, leaseKey(id))
  return lease === undefined || lease.expires <= clock.now() ? undefined : lease
}

const leaseShape = shape.object({
  expire_time: shape.time(),
  id: shape.string(),
  issue_time: shape.time(),
  last_renewal: shape.orNull(shape.time()),
  path: shape.string(),
  renewable: shape.boolean(),
  ttl: shape.seconds(),
})

async function lookup(context: SystemContext, id: string | undefined): Promise<Reply> {
  if (id === undefined || id === '') fail('invalid_request', 'lease_id must be specified')
  const lease = await find(context, id)
  if (lease === undefined) fail('invalid_request', 'invalid lease')
  return {
    data: {
      expire_time: new Date(lease.expires).toISOString(),
      id,
      issue_time: new Date(lease.issued).toISOString(),
      last_renewal: lease.renewed === null ? null : new Date(lease.renewed).toISOString(),
      path: id.slice(0, id.lastIndexOf('/')),
      renewable: lease.renewable,
      ttl: secondsLeft(lease, context.clock.now()),
    },
  }
}

async function renew(context: SystemContext, id: string | undefined): Promise<Reply> {
  if (id === undefined || id === '') fail('invalid_request', 'lease_id must be specified')
  const lease = await find(context, id)
  if (lease === undefined) fail('invalid_request', 'lease not found')
  if (tokenLease.test(id)) fail('invalid_request', 'tokens cannot be renewed through this endpoint')
  fail('invalid_request', 'lease is not renewable')
}

async function revoke(context: SystemContext, id: string | undefined): Promise<Reply> {
  if (id === undefined || id === '') fail('invalid_request', 'lease_id must be specified')
  if ((await find(context, id)) === undefined) return {}
  const token = tokenLease.exec(id)?.[1]
  // Every lease that exists is a token's; the pattern proved the hash's form.
  if (token !== undefined) await revokeToken(context.tx, token as TokenHash)
  return {}
}

/** Leases that one request revokes; a prefix that holds more is refused, so that its answer is the truth. */
const maxRevoked = 1_000

async function revokePrefix(context: SystemContext, prefix: string): Promise<Reply> {
  const ids = await below(context, prefix.endsWith('/') ? prefix : `${prefix}/`)
  for (const id of ids) await revoke(context, id)
  return {}
}

async function below({ tx }: SystemContext, folder: string): Promise<string[]> {
  const found: string[] = []
  const folders = [folder]
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (let after: string | undefined; ; ) {
      const page = await tx.list(leasePrefix + at, { after, limit: 1000 })
      for (const name of page.names) (name.endsWith('/') ? folders : found).push(at + name)
      if (found.length > maxRevoked) {
        fail(
          'invalid_request',
          `more than ${maxRevoked} leases lie below this prefix; revoke longer prefixes, or disable the mount`,
        )
      }
      after = page.names.at(-1)
      if (!page.more) break
    }
  }
  return found
}

async function listLeases({ tx }: SystemContext, folder: string, options: object): Promise<Reply> {
  const prefix = leasePrefix + (folder === '' ? '' : `${folder}/`)
  const keys = await namesOf((page) => tx.list(prefix, page), options)
  return keys.length === 0 ? fail('not_found') : { data: { keys } }
}

export function leaseRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'leases/lookup',
      summary: 'Look a lease up.',
      fields: leaseIdField,
      sudo: ['list'],
      answers: { write: answer.data(leaseShape) },
      operations: { update: (context, { lease_id }) => lookup(context, lease_id) },
      list: (context, options) => listLeases(context, '', options),
    }),
    systemRoute({
      path: 'leases/lookup/{prefix+}',
      summary: 'List the leases below a path.',
      sudo: true,
      operations: {},
      list: (context, options) => listLeases(context, context.params.prefix ?? '', options),
    }),
    ...['leases/renew', 'renew'].map((path) =>
      systemRoute({
        path,
        summary: 'Renew a lease.',
        fields: { ...leaseIdField, increment: field.duration('How long it should live from now on.') },
        answers: { write: answer.other },
        operations: { update: (context, { lease_id }) => renew(context, lease_id) },
      }),
    ),
    ...['leases/revoke', 'revoke'].map((path) =>
      systemRoute({
        path,
        summary: 'Revoke a lease.',
        fields: leaseIdField,
        operations: { update: (context, { lease_id }) => revoke(context, lease_id) },
      }),
    ),
    ...['leases/renew/{lease+}', 'renew/{lease+}'].map((path) =>
      systemRoute({
        path,
        summary: 'Renew a lease.',
        answers: { write: answer.other },
        operations: { update: (context) => renew(context, context.params.lease) },
      }),
    ),
    ...['leases/revoke/{lease+}', 'revoke/{lease+}'].map((path) =>
      systemRoute({
        path,
        summary: 'Revoke a lease.',
        operations: { update: (context) => revoke(context, context.params.lease) },
      }),
    ),
    ...['leases/revoke-prefix/{prefix+}', 'leases/revoke-force/{prefix+}', 'revoke-prefix/{prefix+}'].map(
      (path) =>
        systemRoute({
          path,
          summary: 'Revoke all leases below a path.',
          sudo: true,
          operations: { update: (context) => revokePrefix(context, context.params.prefix ?? '') },
        }),
    ),
    systemRoute({
      path: 'leases/tidy',
      summary: 'Clear away what expired leases left behind.',
      operations: {
        update: () => {
          services.sweepSoon()
          const text =
            'Tidy operation successfully started. Any information from the operation is in the log.'
          return { status: 202, warnings: [text] }
        },
      },
    }),
  ]
}
