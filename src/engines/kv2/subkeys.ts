import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { pathOf } from '../../backend/kv/object.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { route } from '../../backend/routes/route.ts'
import { isJsonObject, parseOwnJson } from '../../base/json/json.ts'
import { findVersion } from './data.ts'
import { subkeysOf } from './merge.ts'
import { isReadable, versionData, versionShape } from './model.ts'
import { versionObject, wantSecret } from './secret.ts'

const fields = {
  version: field.integer('The version; 0, or none, for the newest.'),
  depth: field.integer('How many levels to show; 0, or none, for all.', { minimum: 0 }),
}

async function read(
  context: Context,
  { version: wanted, depth = 0 }: FieldValues<typeof fields>,
): Promise<Reply> {
  const { secret, number, version } = await findVersion(context, 'subkeys', wanted)
  const metadata = versionData(secret.metadata, number, version)
  if (!isReadable(version, context.clock.now())) return { status: 404, data: { subkeys: null, metadata } }
  const object = await versionObject(context.storage, secret, number)
  const content = parseOwnJson(object.json.text)
  return { data: { subkeys: isJsonObject(content) ? subkeysOf(content, depth) : null, metadata } }
}

export const subkeysRoute = route({
  path: 'subkeys/{path+}',
  summary: 'Show the names of a version’s fields without their values.',
  fields,
  answers: {
    read: answer.data(shape.object({ subkeys: shape.orNull(shape.anyObject()), metadata: versionShape })),
  },
  operations: { read },
  prefetch: (context) => wantSecret(context.storage, pathOf(context)),
})
