import { isJsonObject, type JsonObject } from '../../../src/base/json/json.ts'
import { openAnswer } from '../../../src/client/answer.ts'
import { exchange } from '../../../src/client/browser.ts'
import { flagOf, numberOf, objectOf, textOf, textsOf } from '../../../src/client/shape.ts'

/** Who is logged in. The token itself is out of reach of the page. */
export type Session = {
  readonly displayName: string
  /** What the login says that the person is called; empty where it says nothing. */
  readonly name: string
  /** Empty for a token that belongs to nobody. */
  readonly entityId: string
  readonly policies: readonly string[]
  readonly accessor: string
  /** Seconds when it was asked; 0 for one that does not end. */
  readonly ttl: number
  readonly renewable: boolean
  /** Milliseconds since 1970; undefined for one that does not end. */
  readonly ends: number | undefined
}

export type Login =
  | { readonly login: { readonly path: string; readonly data: JsonObject } }
  | { readonly token: string }
  | { readonly wrapping_token: string }
  | { readonly callback: { readonly mount: string; readonly state: string; readonly code: string } }

/** What a login made; `data` is what was wrapped where that is no login. */
export type Begun = { readonly session: Session | null; readonly data: JsonObject | null }

const timeout = 60_000

/** @throws ClientError */
async function ask(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
  const url = `${location.origin}/ui/session${path}`
  const about = { method, url: url.replace(/\?.*$/s, '') }
  const headers = {
    'x-vault-request': 'true',
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const wire = await exchange((...call) => fetch(...call), url, request, timeout, about)
  return objectOf(openAnswer(wire, about).body)
}

function sessionOf(fields: JsonObject): Session | null {
  if (!isJsonObject(fields.session ?? null)) return null
  const session = objectOf(fields.session)
  const ttl = numberOf(session.ttl)
  return {
    displayName: textOf(session.display_name),
    name: textOf(objectOf(session.meta).name),
    entityId: textOf(session.entity_id),
    policies: textsOf(session.policies),
    accessor: textOf(session.accessor),
    ttl,
    renewable: flagOf(session.renewable),
    ends: ttl === 0 ? undefined : Date.now() + ttl * 1000,
  }
}

export const readSession = async (): Promise<Session | null> => sessionOf(await ask('GET', ''))

export async function beginSession(login: Login): Promise<Begun> {
  const fields = await ask('POST', '', { ...login })
  const data = isJsonObject(fields.data ?? null) ? objectOf(fields.data) : null
  return { session: sessionOf(fields), data }
}

/** The address at which the provider asks who it is; the browser goes there as a whole. */
export async function providerAddress(mount: string, role: string): Promise<string> {
  return textOf((await ask('POST', '/provider', { mount, ...(role !== '' && { role }) })).auth_url)
}

export const extendSession = async (): Promise<Session | null> => sessionOf(await ask('POST', '/extend'))

export async function endSession(everywhere: boolean): Promise<void> {
  await ask('DELETE', everywhere ? '?everywhere=true' : '')
}
