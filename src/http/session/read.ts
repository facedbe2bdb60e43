import type { RequestPath } from '../../backend/routes/path.ts'
import { fail } from '../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'
import { encodePath, readTarget } from '../request/path.ts'

/** How a session is asked for. */
export type Wish =
  | { readonly kind: 'login'; readonly path: RequestPath; readonly data: JsonObject }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'wrapping_token'; readonly token: string }
  | { readonly kind: 'callback'; readonly path: RequestPath; readonly answer: JsonObject }

const kinds = ['login', 'token', 'wrapping_token', 'callback']
const maxToken = 32 * 1024
const maxState = 512
const maxCode = 8192
const maxIssuer = 2048

/** @throws invalid_request for anything but one known wish */
export function readWish(fields: JsonObject): Wish {
  const { login, token, wrapping_token: wrapping, callback } = fields
  if (Object.keys(fields).length !== 1 || !kinds.includes(Object.keys(fields)[0] ?? '')) {
    fail('invalid_request', `send exactly one of ${kinds.join(', ')}`)
  }
  if (login !== undefined) return loginOf(login)
  if (token !== undefined) return { kind: 'token', token: textOf(token, 'token', maxToken) }
  if (wrapping !== undefined) {
    return { kind: 'wrapping_token', token: textOf(wrapping, 'wrapping_token', maxToken) }
  }
  const { mount, state, code, iss } = objectOf(callback, 'callback')
  return {
    kind: 'callback',
    path: inMount(mount, 'oidc/callback'),
    answer: {
      state: textOf(state, 'state', maxState),
      code: textOf(code, 'code', maxCode),
      ...(iss === undefined ? {} : { iss: textOf(iss, 'iss', maxIssuer) }),
    },
  }
}

/** A login at a provider that is to be begun. */
export type ProviderWish = { readonly path: RequestPath; readonly mount: string; readonly role?: string }

/** @throws invalid_request */
export function readProviderWish({ mount, role }: JsonObject): ProviderWish {
  return {
    path: inMount(mount, 'oidc/auth_url'),
    mount: String(mount),
    ...(role === undefined || role === '' ? {} : { role: textOf(role, 'role', maxState) }),
  }
}

function loginOf(login: Json): Wish {
  const { path, data } = objectOf(login, 'login')
  const asked = typeof path === 'string' ? apiPath(path) : undefined
  if (asked === undefined || !asked.startsWith('auth/')) {
    fail('invalid_request', 'login: path must be one below auth/, such as auth/userpass/login/alice')
  }
  return { kind: 'login', path: asked, data: data === undefined ? {} : objectOf(data, 'data') }
}

/** What names a mount below `auth/`, which comes before the slash and what is asked of it. */
function inMount(mount: Json | undefined, inside: string): RequestPath {
  const path = typeof mount === 'string' && mount !== '' ? apiPath(`auth/${mount}/${inside}`) : undefined
  return path ?? fail('invalid_request', 'mount must name a mount below auth/')
}

/** A path that the API takes as it is written here; undefined for all others. */
function apiPath(path: string): RequestPath | undefined {
  if (!path.isWellFormed()) return undefined
  const target = readTarget(`/v1/${encodePath(path)}`)
  return target.kind === 'api' && target.path === path ? target.path : undefined
}

const objectOf = (value: Json | undefined, name: string): JsonObject =>
  isJsonObject(value ?? null) ? (value as JsonObject) : fail('invalid_request', `${name} must be an object`)

function textOf(value: Json | undefined, name: string, maxLength: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= maxLength) return value
  return fail('invalid_request', `${name} must be a text of 1 to ${maxLength} characters`)
}
