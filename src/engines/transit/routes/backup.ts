import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { findKey, isKeyName, keyName, putKey, wantKey } from '../keys/access.ts'
import { backupOf, keyFromBackup } from '../keys/backup.ts'
import { checkAlive } from '../keys/versions.ts'
import { fromBase64 } from '../operations/text.ts'

/** The key in clear, where both of its settings allow that, which cannot be taken back. */
async function backup(context: Context): Promise<Reply> {
  const name = keyName(context)
  const key = (await findKey(context)) ?? fail('invalid_request_wrapped', `key "${name}" not found`)
  checkAlive(key)
  if (!key.exportable) fail('invalid_request_wrapped', 'exporting is disallowed on the policy')
  if (!key.allowPlaintextBackup) {
    fail('invalid_request_wrapped', 'plaintext backup is disallowed on the policy')
  }
  const now = context.clock.now()
  putKey(context, name, { ...key, backup: { at: now, version: key.latestVersion } })
  return { data: { backup: backupOf(name, key, now) } }
}

const restoreFields = {
  backup: field.string('As backup answered it, here or in another server that speaks this API.', {
    sensitive: true,
  }),
  force: field.boolean('Replace a key of the name.'),
}

async function restore(context: Context, sent: FieldValues<typeof restoreFields>): Promise<Reply> {
  if ((sent.backup ?? '') === '') fail('invalid_request', "'backup' must be supplied")
  const named = context.params.name === undefined ? undefined : keyName(context)
  const text = fromBase64(sent.backup ?? '', 'unable to decode backup as base64: ').toString()
  const { name: own, key } = await keyFromBackup(text)
  const name = named ?? own
  if (!isKeyName(name)) fail('invalid_request', 'key names cannot be paths')
  if (sent.force !== true && (await findKey(context, name)) !== undefined) {
    fail('invalid_request_wrapped', `key "${name}" already exists`)
  }
  putKey(context, name, { ...key, restored: { at: context.clock.now(), version: key.latestVersion } })
  return {}
}

export const backupRoutes: readonly EngineRoute[] = [
  route({
    path: 'backup/{name}',
    summary: 'Read a whole key in clear, to restore it elsewhere.',
    fields: {},
    answers: { read: answer.data(shape.object({ backup: shape.secret() })) },
    operations: { read: backup },
    prefetch: wantKey,
  }),
  ...['restore', 'restore/{name}'].map((path) =>
    route({
      path,
      summary: 'Make a key from its backup.',
      fields: restoreFields,
      operations: { update: restore },
    }),
  ),
]
