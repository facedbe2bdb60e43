import { field } from '../../backend/fields.ts'
import { openRoute, systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { SealServices } from './services.ts'

const fields = {
  key: field.string('One share, in hex or base64.'),
  reset: field.boolean('Forget the shares given so far.'),
  migrate: field.boolean('Not supported.'),
}

export const unsealRoutes = ({ keeper }: SealServices) => [
  openRoute({
    path: 'sys/seal-status',
    summary: 'Tell whether the server is sealed.',
    unrecorded: true,
    operations: { read: async () => ({ bare: await keeper().status() }) },
  }),
  openRoute({
    path: 'sys/unseal',
    summary: 'Give one share towards unsealing this node.',
    description: 'Progress is kept on the node that is asked; every node of a cluster is unsealed by itself.',
    fields,
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
