import { EncodedJson } from '../../backend/message.ts'
import { fail } from '../../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts'
import type { RecordKind } from '../../transaction/record.ts'

/** A stored object: its JSON text as it goes back on the wire, never parsed on the way. */
export type Secret = { readonly json: EncodedJson }

export const secrets: RecordKind<Secret> = {
  name: 'secret',
  encode: ({ json }) => Buffer.from(json.text),
  parse: (bytes) => ({
    json: new EncodedJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')),
  }),
}

/** The object inside, for what needs to look into it. */
export function contentOf(secret: Secret): JsonObject {
  const content = parseJson(secret.json.text)
  return isJsonObject(content) ? content : fail('corrupt', 'a stored secret is no JSON object')
}
