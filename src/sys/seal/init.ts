import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { field } from '../../backend/routes/fields.ts'
import { openRoute } from '../../backend/routes/route.ts'
import type { SealServices } from './services.ts'
import { refusePgp, writeShares } from './shares.ts'

const fields = {
  secret_shares: field.integer('Into how many shares the seal key is split.'),
  secret_threshold: field.integer('How many of them open the seal.'),
  recovery_shares: field.integer(
    'For a seal that opens by itself: into how many shares a recovery key is split.',
  ),
  recovery_threshold: field.integer('How many of those authorise a root token.'),
  stored_shares: field.integer('Kept for clients.'),
  pgp_keys: field.array('Not supported.'),
  recovery_pgp_keys: field.array('Not supported.'),
  root_token_pgp_key: field.string('Not supported.'),
}

export const initRoutes = ({ keeper }: SealServices) => [
  openRoute({
    path: 'sys/init',
    summary: 'Initialise the server, and tell whether it is.',
    fields,
    answers: {
      read: answer.bare(shape.object({ initialized: shape.boolean() })),
      write: answer.bare(
        shape.object(
          { keys: shape.secrets('Hex.'), keys_base64: shape.secrets(), root_token: shape.secret() },
          { recovery_keys: shape.secrets('Hex.'), recovery_keys_base64: shape.secrets() },
        ),
      ),
    },
    operations: {
      read: async () => ({ bare: { initialized: (await keeper().status()).initialized } }),
      async update(_context, { pgp_keys, recovery_pgp_keys, root_token_pgp_key, ...sent }) {
        refusePgp({ pgp_keys, recovery_pgp_keys, root_token_pgp_key })
        const made = await keeper().initialize({
          shares: sent.secret_shares,
          threshold: sent.secret_threshold,
          recoveryShares: sent.recovery_shares,
          recoveryThreshold: sent.recovery_threshold,
        })
        const keys = writeShares(made.shares)
        const recovery = writeShares(made.recoveryShares)
        return {
          bare: {
            keys: keys.hex,
            keys_base64: keys.base64,
            ...(recovery.hex.length > 0
              ? { recovery_keys: recovery.hex, recovery_keys_base64: recovery.base64 }
              : {}),
            root_token: made.rootToken,
          },
        }
      },
    },
  }),
]
