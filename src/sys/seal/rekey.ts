import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { openRoute, systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { SealServices } from './services.ts'
import { refusePgp, requireKey, writeShares } from './shares.ts'

const startFields = {
  secret_shares: field.integer('Into how many shares the new seal key is split.'),
  secret_threshold: field.integer('How many of them open the seal.'),
  require_verification: field.boolean('The new shares come into force when enough of them were given back.'),
  pgp_keys: field.array('Not supported.'),
  backup: field.boolean('Not supported.'),
}
const shareFields = {
  key: field.string('One share, in hex or base64.', { sensitive: true }),
  nonce: field.string('The nonce of the operation.'),
}
type SentShare = FieldValues<typeof shareFields>

const progressMembers = {
  nonce: shape.string(),
  started: shape.boolean(),
  t: shape.integer(),
  n: shape.integer(),
  progress: shape.integer(),
}
const rekeyMembers = {
  pgp_fingerprints: shape.orNull(shape.strings()),
  backup: shape.boolean(),
  verification_required: shape.boolean(),
}
const rekeyShape = shape.object(
  { ...progressMembers, required: shape.integer(), ...rekeyMembers },
  { verification_nonce: shape.string() },
)
/** Where the operation stands, or the new shares. */
const rekeyedShape = shape.object(
  { nonce: shape.string(), ...rekeyMembers },
  {
    ...progressMembers,
    required: shape.integer(),
    complete: shape.boolean(),
    keys: shape.secrets('Hex.'),
    keys_base64: shape.secrets(),
    verification_nonce: shape.string(),
  },
)
const verificationShape = shape.object(progressMembers)
const verifiedShape = shape.object(
  { nonce: shape.string() },
  { ...progressMembers, complete: shape.boolean() },
)

export function rekeyRoutes({ keeper }: SealServices) {
  async function start(sent: FieldValues<typeof startFields>): Promise<Reply> {
    const noKeys = sent.pgp_keys === undefined || sent.pgp_keys.length === 0
    if (sent.backup === true && noKeys) {
      fail(
        'invalid_request',
        'cannot request a backup of the new keys without providing PGP keys for encryption',
      )
    }
    refusePgp({ pgp_keys: sent.pgp_keys })
    const request = {
      shares: sent.secret_shares ?? 0,
      threshold: sent.secret_threshold ?? 0,
      requireVerification: sent.require_verification ?? false,
    }
    return { bare: await keeper().rekey.start(request) }
  }

  async function update({ key, nonce = '' }: SentShare): Promise<Reply> {
    const answer = await keeper().rekey.update(requireKey(key), nonce)
    if (!('shares' in answer)) return { bare: answer }
    const { hex, base64 } = writeShares(answer.shares)
    return {
      bare: {
        nonce: answer.nonce,
        complete: true,
        keys: hex,
        keys_base64: base64,
        pgp_fingerprints: null,
        backup: false,
        verification_required: answer.verificationRequired,
        ...(answer.verificationNonce === undefined ? {} : { verification_nonce: answer.verificationNonce }),
      },
    }
  }

  return [
    openRoute({
      path: 'sys/rekey/init',
      summary: 'Start, watch and cancel the making of new shares.',
      fields: startFields,
      answers: { read: answer.bare(rekeyShape), write: answer.bare(rekeyShape) },
      operations: {
        read: async () => ({ bare: await keeper().rekey.status() }),
        update: (_context, sent) => start(sent),
        async delete() {
          await keeper().rekey.cancel()
          return {}
        },
      },
    }),
    openRoute({
      path: 'sys/rekey/update',
      summary: 'Give one of the old shares.',
      fields: shareFields,
      answers: { write: answer.bare(rekeyedShape) },
      operations: { update: (_context, sent) => update(sent) },
    }),
    openRoute({
      path: 'sys/rekey/verify',
      summary: 'Give one of the new shares back, watch that, and start it over.',
      fields: shareFields,
      answers: {
        read: answer.bare(verificationShape),
        write: answer.bare(verifiedShape),
        delete: answer.bare(verificationShape),
      },
      operations: {
        read: async () => ({ bare: await keeper().rekey.verificationStatus() }),
        update: async (_context, { key, nonce = '' }) => ({
          bare: await keeper().rekey.verify(requireKey(key), nonce),
        }),
        delete: async () => ({ bare: await keeper().rekey.restartVerification() }),
      },
    }),
  ]
}

/** Shares are never kept on the server, so there is no backup of them. */
export const backupRoutes = ['rekey/backup', 'rekey/recovery-key-backup'].map((path) =>
  systemRoute({
    path,
    summary: 'The backup of the shares, of which there is none.',
    answers: { read: answer.refusal },
    operations: {
      read: () => fail('invalid_request', 'no backed-up keys found'),
      delete: () => ({}),
    },
  }),
)
