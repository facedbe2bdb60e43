import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { mintAccessToken, subjectOf } from './access-token.ts'
import { memoryAdapter } from './adapter.ts'
import { type PageClient, providerConfiguration } from './configuration.ts'
import { loadKeys, type ProviderKeys, rotatedKeys, saveKeys } from './keys.ts'
import { loadLibrary } from './library.ts'
import { loginPage, messagePage } from './pages.ts'
import { examplePeople, type Person } from './people.ts'

export type ProviderOptions = {
  /** 0 for any free one. */
  readonly port: number
  /** An address of this machine; loopback unless said otherwise. */
  readonly host?: string
  /** PEM. With it the provider speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Where its keys are kept; without it they are made anew. */
  readonly folder?: string
  readonly people?: readonly Person[]
  readonly clientId?: string
  /** With it the client is a confidential one. */
  readonly clientSecret?: string
  /** The `aud` of access tokens. */
  readonly audience?: string
  readonly redirectUris?: readonly string[]
  /** Asks at each login who it is, also a browser that logged in before: to try out several people. */
  readonly asksAnew?: boolean
  /** A second client, for a page on the web. */
  readonly page?: PageClient
}

/** How UserInfo behaves; the default is `answer`. */
export type UserInfoMode = 'answer' | 'hang' | 'fail' | 'other-subject' | 'without-entitlements'

export type TokenOptions = {
  /** Replaces claims of the access token; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly audience?: string
  /** Milliseconds since 1970. */
  readonly now?: number
}

/** A running stand-in for an identity provider, with the switches that tests need. */
export type DemoProvider = {
  readonly issuer: string
  readonly people: readonly Person[]
  /** An access token for a person, without a browser. @param name as in `people` */
  mintAccessToken(name: string, options?: TokenOptions): Promise<string>
  /** Changes what the provider knows of a person, for UserInfo and later tokens. */
  change(name: string, changes: Partial<Omit<Person, 'name'>>): void
  /** A suspended person gets no tokens and no UserInfo. */
  suspend(name: string, suspended?: boolean): void
  userInfo(mode: UserInfoMode): void
  /** Signs with a new key from now on. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>
  /** How often a path was asked for since the start. */
  asked(path: string): number
  /** May be called again. */
  stop(): Promise<void>
}

/** Of any port: the second path is where the command line waits for the browser. */
const defaultRedirects = ['/callback', '/oidc/callback'].flatMap((path) => [
  `http://127.0.0.1${path}`,
  `http://localhost${path}`,
])

/**
 * Starts a stand-in OpenID Connect provider in the manner of EGI Check-in: access tokens are JWTs of one
 * hour with `voperson_id`; group memberships come from UserInfo alone. Anybody can log in as anyone, so it
 * listens on loopback. `GET /token-for/<name>` gives an access token without a browser.
 */
export async function startProvider(options: ProviderOptions): Promise<DemoProvider> {
  const { Provider } = await loadLibrary()
  const { host = '127.0.0.1', clientId = 'coffer-demo', audience = 'coffer', folder } = options
  const people = new Map((options.people ?? examplePeople).map((person) => [person.name, person]))
  const suspended = new Set<string>()
  const counts = new Map<string, number>()
  let mode: UserInfoMode = 'answer'
  let keys: ProviderKeys = await loadKeys(folder)

  const active = (person: Person | undefined) =>
    person === undefined || suspended.has(person.name) ? undefined : person
  const bySubject = (subject: string) =>
    active([...people.values()].find(({ vopersonId }) => vopersonId === subject))

  const adapter = memoryAdapter()
  const build = () =>
    new Provider(
      issuer,
      providerConfiguration(
        keys,
        adapter,
        {
          clientId,
          clientSecret: options.clientSecret,
          audience,
          redirectUris: options.redirectUris ?? defaultRedirects,
          page: options.page,
        },
        bySubject,
      ),
    )

  let handle: RequestListener = (_request, response) => answer(response, 503, 'starting')
  const listener: RequestListener = (request, response) => handle(request, response)
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  server.listen(options.port, host)
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  const shownHost = host.includes(':') ? `[${host}]` : host
  const issuer = `${options.tls === undefined ? 'http' : 'https'}://${shownHost}:${port}`
  let provider = build()

  async function mint(name: string, { claims, audience: other, now }: TokenOptions = {}): Promise<string> {
    const person = known(name)
    const [key] = keys.signing
    if (active(person) === undefined || key === undefined) throw new Error(`${name} is suspended`)
    return mintAccessToken(person, key, { issuer, audience: other ?? audience, clientId, claims, now })
  }

  function known(name: string): Person {
    const person = people.get(name)
    if (person === undefined) throw new Error(`nobody here is called ${name}`)
    return person
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const [, first, second = ''] = path.split('/')
    if (first === 'userinfo') return serveUserInfo(request, response)
    if (first === 'token-for') return serveToken(request, response, second)
    if (first === 'interaction') return serveInteraction(request, response)
    if (first === 'auth' && second === '' && options.asksAnew === true) forgetSession(request, response)
    await provider.callback()(request, response)
  }

  async function serveUserInfo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (mode === 'hang') return
    if (mode === 'fail') return answer(response, 500, 'failing as told')
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const person = bySubject((await subjectOf(token, keys.signing, issuer)) ?? '')
    if (person === undefined) return answer(response, 401, 'invalid_token')
    answer(response, 200, {
      sub: mode === 'other-subject' ? `other-${person.vopersonId}` : person.vopersonId,
      voperson_id: person.vopersonId,
      name: person.fullName,
      email: person.email,
      ...(mode === 'without-entitlements' ? {} : { eduperson_entitlement: person.entitlements }),
    })
  }

  async function serveToken(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    // A page in a browser that was made to take us for its own server must not get one.
    if (!isLocal(request, port)) return answer(response, 403, 'for programs on this machine only')
    const person = people.get(name)
    if (person === undefined) return answer(response, 404, 'nobody here has that name')
    if (active(person) === undefined) return answer(response, 403, 'suspended')
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
    response.end(`${await mint(name)}\n`)
  }

  async function serveInteraction(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt } = await provider.interactionDetails(request, response)
    if (prompt.name === 'consent') {
      await provider.interactionFinished(request, response, { consent: {} })
    } else if (request.method === 'POST') {
      const form = new URLSearchParams(await body(request))
      const person = active(people.get(form.get('person') ?? ''))
      if (person === undefined) return html(response, 403, messagePage('No', 'That person cannot log in.'))
      await provider.interactionFinished(request, response, { login: { accountId: person.vopersonId } })
    } else {
      html(response, 200, loginPage(request.url ?? '', [...people.values()]))
    }
  }

  handle = (request, response) => {
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else html(response, 400, messagePage('That did not work', 'Start again from where you came from.'))
    })
  }

  async function stop(): Promise<void> {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  return {
    issuer,
    get people() {
      return [...people.values()]
    },
    mintAccessToken: mint,
    change: (name, changes) => people.set(name, { ...known(name), ...changes }),
    suspend(name, whether = true) {
      if (whether) suspended.add(known(name).name)
      else suspended.delete(name)
    },
    userInfo: (wanted) => {
      mode = wanted
    },
    async rotateKeys({ keepOld = true } = {}) {
      keys = await rotatedKeys(keys, keepOld)
      await saveKeys(folder, keys)
      provider = build()
    },
    asked: (path) => counts.get(path) ?? 0,
    stop,
  }
}

/** Whether a request comes from this machine and means it: its Host is a loopback name. */
function isLocal(request: IncomingMessage, port: number): boolean {
  const from = request.socket.remoteAddress ?? ''
  const local = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(from)
  const names = ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`)
  return local && names.includes(request.headers.host ?? '')
}

async function body(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? Infinity) > 4_096) throw new Error('too large')
  return text(request)
}

function answer(response: ServerResponse, status: number, content: object | string): void {
  const fields = typeof content === 'string' ? { error: content } : content
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(fields))
}

function html(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(content)
}

/** Makes a browser one that has not logged in yet: in this request, and from its answer on. */
function forgetSession({ headers }: IncomingMessage, response: ServerResponse): void {
  const sent = headers.cookie?.split(/; */) ?? []
  headers.cookie = sent.filter((one) => !one.startsWith('demo_session')).join('; ')
  const names = sent.flatMap((one) => /^demo_session[^=]*/.exec(one) ?? [])
  response.setHeader(
    'set-cookie',
    names.map((name) => `${name}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`),
  )
}
