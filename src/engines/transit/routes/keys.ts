import { answer } from '../../../backend/answers/answer.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { listFolder } from '../../../backend/routes/listing.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { findKey, keyName, needKey, putKey, wantKey } from '../keys/access.ts'
import { createKey } from '../keys/create.ts'
import { type Key, keyFolder } from '../keys/record.ts'
import { keyTypeCalled } from '../keys/types.ts'
import { rotate, trimmed } from '../keys/versions.ts'
import { keyShape, viewOf } from '../keys/view.ts'
import { contextOf } from '../operations/text.ts'
import { changedSettings, settingsFields } from './key-settings.ts'

export const keyFields = {
  type: field.string('aes256-gcm96 unless said.'),
  derived: field.boolean('Each operation brings a context, and has a key of its own derived from it.'),
  exportable: field.boolean('The secret may be read. Cannot be taken back.'),
  allow_plaintext_backup: field.boolean('The key may be backed up in clear. Cannot be taken back.'),
  auto_rotate_period: field.duration(
    'After this time the key rotates before it is used; 0 never, else 1 h or more.',
  ),
}
const createFields = {
  ...keyFields,
  convergent_encryption: field.boolean('The same text under the same context has the same ciphertext.'),
  key_size: field.integer('Bytes of a key for HMAC: 32 to 512.'),
  context: field.string('Base64: on a read, the public keys of a derived key for it.'),
}

async function write(context: Context, sent: FieldValues<typeof createFields>): Promise<Reply> {
  const name = keyName(context)
  const type = keyTypeCalled(sent.type ?? 'aes256-gcm96')
  const { derived = false, convergent_encryption: convergent = false } = sent
  if (convergent && !derived) {
    fail('invalid_request', 'convergent encryption requires derivation to be enabled')
  }
  const existing = await findKey(context)
  if (existing !== undefined) {
    return { data: viewOf(name, existing), warnings: [`key ${name} already existed`] }
  }
  const settings = {
    type,
    derived,
    convergent,
    exportable: sent.exportable ?? false,
    allowPlaintextBackup: sent.allow_plaintext_backup ?? false,
    autoRotatePeriod: sent.auto_rotate_period ?? 0,
    keySize: sent.key_size ?? 0,
  }
  const key = await createKey(settings, context.random, context.clock.now())
  return { data: viewOf(name, putKey(context, name, key)) }
}

async function read(context: Context, sent: FieldValues<typeof createFields>): Promise<Reply> {
  const key = (await findKey(context)) ?? fail('not_found')
  const derivation = contextOf(sent.context, 'failed to base64-decode context')
  return { data: viewOf(keyName(context), key, derivation) }
}

async function remove(context: Context): Promise<Reply> {
  const name = keyName(context)
  const key = await needKey(context, `error deleting policy ${name}: could not delete key; not found`)
  if (!key.deletionAllowed) {
    fail(
      'invalid_request',
      `error deleting policy ${name}: deletion is not allowed for this key; allow it by deletion_allowed ` +
        'in its config first',
    )
  }
  context.storage.delete(keyFolder + name)
  return {}
}

const missing = 'key not found'

async function rotateNow(context: Context): Promise<Reply> {
  const name = keyName(context)
  const key = await needKey(context, missing)
  const rotated = await rotate(key, name, context.random, context.clock.now())
  return { data: viewOf(name, putKey(context, name, rotated)) }
}

async function configure(context: Context, sent: FieldValues<typeof settingsFields>): Promise<Reply> {
  const name = keyName(context)
  const key = await needKey(context, `no existing key named ${name} could be found`)
  const changed = changedSettings(key, sent)
  if (sent.min_decryption_version === 0) {
    context.warn('versions of keys start at 1; min_decryption_version is 1')
  }
  return { data: viewOf(name, putKey(context, name, changed)) }
}

const trimFields = {
  min_available_version: field.integer('Versions below this one are deleted for good.'),
}

async function trim(context: Context, sent: FieldValues<typeof trimFields>): Promise<Reply> {
  const name = keyName(context)
  const key = await needKey(context, 'invalid key name')
  const { min_available_version: wanted } = sent
  if (wanted === undefined) fail('invalid_request', 'missing min_available_version')
  checkTrim(key, wanted)
  return { data: viewOf(name, putKey(context, name, trimmed(key, wanted))) }
}

function checkTrim(key: Key, wanted: number): void {
  const refuse = (why: string) => fail('invalid_request', `minimum available version ${why}`)
  if (wanted < key.minAvailableVersion) refuse('cannot be decremented')
  if (key.minEncryptionVersion === 0) refuse('cannot be set when minimum encryption version is not set')
  if (wanted > key.minEncryptionVersion) refuse('cannot be greater than minmum encryption version')
  if (wanted > key.minDecryptionVersion) refuse('cannot be greater than minimum decryption version')
  if (wanted <= 0) refuse('should be positive')
}

/** Marks the key, which then does nothing until the mark is taken away. */
function mark(softDeleted: boolean, already: string) {
  return async (context: Context): Promise<Reply> => {
    const name = keyName(context)
    const key = (await findKey(context)) ?? fail('not_found')
    if (key.softDeleted === softDeleted) context.warn(already)
    return { data: viewOf(name, putKey(context, name, { ...key, softDeleted })) }
  }
}

export const keyRoutes: readonly EngineRoute[] = [
  route({
    path: 'keys',
    summary: 'List the keys.',
    operations: {},
    list: (context, options) => listFolder(context, context.storage, keyFolder, options),
  }),
  route({
    path: 'keys/{name}',
    summary: 'Make, read and delete a key.',
    fields: createFields,
    answers: { read: answer.data(keyShape), write: answer.data(keyShape) },
    operations: { read, update: write, delete: remove },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/config',
    summary: 'Change the settings of a key.',
    fields: settingsFields,
    answers: { write: answer.data(keyShape) },
    operations: { update: configure },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/rotate',
    summary: 'Make a new version of a key.',
    fields: {},
    answers: { write: answer.data(keyShape) },
    operations: { update: rotateNow },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/trim',
    summary: 'Delete old versions of a key for good.',
    fields: trimFields,
    answers: { write: answer.data(keyShape) },
    operations: { update: trim },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/soft-delete',
    summary: 'Stop all use of a key, so that it can be taken back.',
    fields: {},
    answers: { delete: answer.data(keyShape) },
    operations: { delete: mark(true, 'key was already marked as soft deleted') },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/soft-delete-restore',
    summary: 'Let a key be used again.',
    fields: {},
    answers: { write: answer.data(keyShape) },
    operations: { update: mark(false, 'key was already restored') },
    prefetch: wantKey,
  }),
]
