import { fail } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { type Answer, type Client, ClientError, textOf } from '../../client/index.ts'
import { switchValue } from '../command/flag.ts'
import { readTexts } from '../input/values.ts'
import type { Io } from '../io.ts'
import { note } from '../output/say.ts'
import { listenForCallback } from './callback.ts'

/** How a login in a browser is made; the names are those of Vault's command line. */
export type BrowserLogin = {
  readonly role: string
  readonly mode: 'client' | 'direct' | 'device'
  readonly listenAddress: string
  readonly port: number
  readonly redirectUri: string | undefined
  readonly skipBrowser: boolean
}

const names = [
  'role',
  'callbackmode',
  'listenaddress',
  'port',
  'callbackmethod',
  'callbackhost',
  'callbackport',
  'skip_browser',
]

/** @throws invalid_request for what does not belong to the method */
export async function readBrowserLogin(io: Io, args: readonly string[]): Promise<BrowserLogin> {
  const fields = await readTexts(io, args)
  const unknown = Object.keys(fields).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    fail(
      'invalid_request',
      `"${unknown}" does not belong to the method oidc, which takes ${names.join(', ')}`,
    )
  }
  const mode = fields.callbackmode ?? 'client'
  if (mode !== 'client' && mode !== 'direct' && mode !== 'device') {
    fail('invalid_request', 'callbackmode is one of client, direct, device')
  }
  const port = portOf('port', fields.port ?? '8250')
  const { callbackmethod: method = 'http', callbackhost: host = 'localhost' } = fields
  const skip = switchValue(fields.skip_browser ?? 'false')
  if (skip === undefined) fail('invalid_request', 'skip_browser is true or false')
  return {
    role: fields.role ?? '',
    mode,
    listenAddress: fields.listenaddress ?? 'localhost',
    port,
    redirectUri:
      mode === 'client' || fields.callbackhost !== undefined
        ? `${method}://${host}:${portOf('callbackport', fields.callbackport ?? String(port))}/oidc/callback`
        : undefined,
    skipBrowser: skip,
  }
}

function portOf(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535
    ? port
    : fail('invalid_request', `${name} is a number between 1 and 65535`)
}

/**
 * Logs in through the browser of whoever runs the command.
 *
 * @param mount below `auth/`
 * @param server its address, for the browser to come back to with `callbackmode=direct`
 */
export async function logInByBrowser(
  io: Io,
  client: Client,
  login: BrowserLogin,
  mount: string,
  server: string,
): Promise<Answer> {
  const path = `auth/${mount}/oidc`
  // Shown again at the end, so that a login begun by somebody else is of no use here, and this one of none to them.
  const client_nonce = systemRandom.base62(32)
  const begin = (redirect_uri: string) =>
    client.call('POST', `${path}/auth_url`, {
      token: '',
      wrapTtl: '',
      body: { role: login.role, redirect_uri, client_nonce },
    })
  if (login.mode !== 'client') {
    const direct = login.redirectUri ?? `${server.replace(/\/$/, '')}/v1/auth/${mount}/oidc/callback`
    const begun = await (login.mode === 'direct' ? begin(direct) : begin('').catch(notForDevices))
    return waitForServer(io, client, login, { path, begun, client_nonce })
  }
  // Before anything else: whoever has the port would get the code.
  const callback = await listenForCallback(login.listenAddress, login.port)
  try {
    const begun = await begin(login.redirectUri ?? '')
    if (textOf(begun.data?.state) !== '') {
      // A page that browsers come back from has the state in its address; that for devices has none.
      const page = URL.parse(textOf(begun.data?.auth_url))
      const mode = page?.searchParams.get('state') === textOf(begun.data?.state) ? 'direct' : 'device'
      fail('invalid_request', `the role does not send the browser back here: give callbackmode=${mode}`)
    }
    const url = pageOf(begun)
    const state = url.searchParams.get('state') ?? ''
    if (state === '') fail('invalid_request', 'the server answered with a page that comes back to no login')
    tell(io, login, url)
    return await callback.wait(state, (answer) => {
      const given = Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== ''))
      return client.call('GET', `${path}/callback`, { token: '', query: { ...given, client_nonce } })
    })
  } finally {
    callback.close()
  }
}

/** A role for a browser misses the address to come back to, which devices have none of. */
function notForDevices(error: unknown): never {
  const missed = error instanceof ClientError && error.errors.some((text) => /redirect_uri/.test(text))
  if (!missed) throw error
  return fail(
    'invalid_request',
    'the role is not for callbackmode=device: leave callbackmode out, or give callbackmode=direct',
  )
}

type Begun = { readonly path: string; readonly begun: Answer; readonly client_nonce: string }

async function waitForServer(io: Io, client: Client, login: BrowserLogin, waiting: Begun): Promise<Answer> {
  const { path, begun, client_nonce } = waiting
  const { state, user_code, poll_interval } = begun.data ?? {}
  if (textOf(state) === '') {
    fail('invalid_request', `the role is not for callbackmode=${login.mode}: leave callbackmode out`)
  }
  tell(io, login, pageOf(begun))
  if (textOf(user_code) !== '') note(io, `Enter the code ${textOf(user_code)} there.`)
  let interval = Math.min(60, Math.max(1, Number(textOf(poll_interval)) || 5))
  // The server ends a login that nobody finishes; this is for one that does not.
  for (let left = 900; left > 0; left -= interval) {
    await io.pause(interval * 1000)
    try {
      const body = { state: textOf(state), client_nonce }
      return await client.call('POST', `${path}/poll`, { token: '', body })
    } catch (error) {
      const said = error instanceof ClientError ? error.errors[0] : undefined
      if (said === 'slow_down') interval = Math.min(60, interval + 5)
      else if (said !== 'authorization_pending') throw error
    }
  }
  return fail('invalid_request', 'nobody has finished the login in time')
}

function pageOf(begun: Answer): URL {
  const url = URL.parse(textOf(begun.data?.auth_url))
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  fail(
    'invalid_request',
    'the server answered with no page to log in at; is the redirect address allowed by the role?',
  )
}

function tell(io: Io, { skipBrowser }: BrowserLogin, url: URL): void {
  note(io, `Log in on this page:\n\n    ${url.href}\n`)
  if (!skipBrowser) io.browse?.(url.href)
}
