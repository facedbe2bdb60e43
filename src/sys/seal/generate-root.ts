import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { field } from '../../backend/routes/fields.ts'
import { openRoute } from '../../backend/routes/route.ts'
import { decodeToken } from '../../barrier/keeper/token-coding.ts'
import type { SealServices } from './services.ts'
import { refusePgp, requireKey } from './shares.ts'

const attemptFields = {
  otp: field.string('The one-time password; made by the server when it is left out.', { sensitive: true }),
  pgp_key: field.string('Not supported.'),
}
const shareFields = {
  key: field.string('One share, in hex or base64.', { sensitive: true }),
  nonce: field.string('The nonce of the attempt.'),
}
const decodeFields = {
  encoded_token: field.string('What the last update answered.', { sensitive: true }),
  otp: field.string('The one-time password.', { sensitive: true }),
}

const attemptShape = shape.object({
  nonce: shape.string(),
  started: shape.boolean(),
  progress: shape.integer(),
  required: shape.integer(),
  complete: shape.boolean(),
  encoded_token: shape.secret(),
  encoded_root_token: shape.secret(),
  pgp_fingerprint: shape.string(),
  otp: shape.secret(),
  otp_length: shape.integer(),
})

export const generateRootRoutes = ({ keeper }: SealServices) => [
  ...['sys/generate-root/attempt', 'sys/generate-root'].map((path) =>
    openRoute({
      path,
      summary: 'Start, watch and cancel the making of a root token.',
      fields: attemptFields,
      answers: { read: answer.bare(attemptShape), write: answer.bare(attemptShape) },
      operations: {
        read: async () => ({ bare: await keeper().generateRoot.status() }),
        async update(_context, { otp = '', pgp_key }) {
          refusePgp({ pgp_key })
          return { bare: await keeper().generateRoot.start(otp) }
        },
        async delete() {
          await keeper().generateRoot.cancel()
          return {}
        },
      },
    }),
  ),
  openRoute({
    path: 'sys/generate-root/update',
    summary: 'Give one share towards a root token.',
    fields: shareFields,
    answers: { write: answer.bare(attemptShape) },
    operations: {
      update: async (_context, { key, nonce = '' }) => ({
        bare: await keeper().generateRoot.update(requireKey(key), nonce),
      }),
    },
  }),
  openRoute({
    path: 'sys/decode-token',
    summary: 'Decode a root token with its one-time password.',
    fields: decodeFields,
    answers: { write: answer.data(shape.object({ token: shape.secret() })) },
    operations: {
      update: (_context, { encoded_token = '', otp = '' }) => ({
        data: { token: decodeToken(encoded_token, otp) },
      }),
    },
  }),
]
