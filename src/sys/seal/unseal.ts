import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { field } from '../../backend/routes/fields.ts'
import { openRoute, systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { SealServices } from './services.ts'

const fields = {
  key: field.string('One share, in hex or base64.', { sensitive: true }),
  reset: field.boolean('Forget the shares given so far.'),
  migrate: field.boolean('Not supported.'),
}

const statusShape = shape.object(
  {
    type: shape.string(),
    initialized: shape.boolean(),
    sealed: shape.boolean(),
    t: shape.integer('Shares that open the seal.'),
    n: shape.integer('Shares that there are.'),
    progress: shape.integer('Shares given so far.'),
    nonce: shape.string(),
    version: shape.string(),
    build_date: shape.time(),
    commit_date: shape.time(),
    migration: shape.boolean(),
    recovery_seal: shape.boolean(),
    storage_type: shape.string(),
  },
  { cluster_name: shape.string(), cluster_id: shape.string() },
)

export const unsealRoutes = ({ keeper }: SealServices) => [
  openRoute({
    path: 'sys/seal-status',
    summary: 'Tell whether the server is sealed.',
    unrecorded: true,
    answers: { read: answer.bare(statusShape) },
    operations: { read: async () => ({ bare: await keeper().status() }) },
  }),
  openRoute({
    path: 'sys/unseal',
    summary: 'Give one share towards unsealing this node.',
    description: 'Progress is kept on the node that is asked; every node of a cluster is unsealed by itself.',
    fields,
    answers: { write: answer.bare(statusShape) },
    operations: {
      async update(_context, { key = '', reset = false, migrate = false }) {
        if (reset) return { bare: await keeper().resetUnseal() }
        if (migrate) fail('invalid_request', "can't perform a seal migration: it is not supported")
        if (key === '') {
          fail('invalid_request', "'key' must be specified in request body as JSON, or 'reset' set to true")
        }
        return { bare: await keeper().unseal(key) }
      },
    },
  }),
]

export const sealRoute = ({ keeper }: SealServices) =>
  systemRoute({
    path: 'seal',
    summary: 'Seal this node.',
    sudo: true,
    operations: {
      async update() {
        await keeper().seal()
        return {}
      },
    },
  })

/** A node that is sealed has no tokens to check, and sealing it again changes nothing. */
export const sealedSealRoute = openRoute({
  path: 'sys/seal',
  summary: 'Seal this node.',
  operations: { update: () => ({}) },
})
