import { EncodedJson, type Reply } from '../../backend/message.ts'
import type { JsonObject } from '../../base/json/json.ts'

/** The names under which answers show the token of whoever asks. */
const names: readonly string[] = ['id', 'client_token', 'token']

/**
 * An answer without the token that it was asked with, for a page that must not have it. What somebody has stored
 * is theirs, and stays as it is.
 */
export function withoutToken(reply: Reply, token: string | undefined): Reply {
  const { data, auth } = reply
  return {
    ...reply,
    ...(auth !== undefined && auth.client_token === token ? { auth: { ...auth, client_token: '' } } : {}),
    ...(data == null || data instanceof EncodedJson ? {} : { data: emptied(data, token) }),
  }
}

const emptied = (data: JsonObject, token: string | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      value === token && value !== undefined && names.includes(name) ? '' : value,
    ]),
  )
