import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Json, JsonObject } from '../../src/base/json/json.ts'
import type { Node } from '../../src/core/node/node.ts'
import type { SessionView } from '../../src/core/sessions/view.ts'
import type { Listener } from '../../src/http/listener.ts'
import { type HttpOptions, startHttp } from '../../src/http/server.ts'
import { client } from '../../src/http/testing/client.ts'
import { ensureLocalCertificate } from '../../src/http/tls/local.ts'
import { startTestNode, type TestNode, type TestNodeOptions } from './node.ts'

/** What a script of the server's own page cannot but send. */
export const ownPage = { 'x-vault-request': 'true', 'sec-fetch-site': 'same-origin' }
export const sessionCookie = '__Host-coffer-session'
export const loginCookie = '__Host-coffer-login'

export type PageAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The whole `Set-Cookie` lines. */
  readonly cookies: readonly string[]
  readonly text: string
  readonly json: JsonObject
}

export type PageCall = {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Json
  /** Bytes as they are, in place of a body. */
  readonly raw?: string
}

/** A browser with its cookies at a page of one server. */
export type PageBrowser = {
  readonly url: string
  readonly jar: Map<string, string>
  /** As the page's own script asks. */
  ask(method: string, path: string, call?: PageCall): Promise<PageAnswer>
  /** With exactly these headers. */
  plain(method: string, path: string, call?: PageCall): Promise<PageAnswer>
}

/** A whole server with TLS, in this process. */
export async function startPage(
  t: TestContext,
  options: TestNodeOptions = {},
): Promise<TestNode & { browser(more?: Parameters<typeof browserAt>[2]): Promise<PageBrowser> }> {
  const server = await startTestNode(options)
  t.after(() => server.stop())
  return { ...server, browser: (more) => browserAt(t, server.node, more) }
}

let certificates: Promise<{ readonly folder: string; readonly ca: string }> | undefined

async function makeCertificates(): Promise<{ folder: string; ca: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-page-'))
  process.once('exit', () => void rm(folder, { recursive: true, force: true }))
  const { ca } = await ensureLocalCertificate(folder, [], Date.now())
  return { folder, ca: await readFile(ca, 'utf8') }
}

/** Serves a node by HTTP of its own, and opens a browser at it. */
export async function browserAt(
  t: TestContext,
  node: Node,
  more: Partial<HttpOptions> & Partial<Omit<Listener, 'limits'>> = {},
): Promise<PageBrowser> {
  certificates ??= makeCertificates()
  const { folder, ca } = await certificates
  const {
    host = '127.0.0.1',
    port = 0,
    tls = { certificate: { kind: 'local', folder } },
    forwarded,
    ...http
  } = more
  const served = await startHttp({
    listeners: [{ host, port, tls, ...(forwarded === undefined ? {} : { forwarded }) }],
    handler: node.handler,
    ...node.web,
    ...http,
  })
  t.after(() => served.stop(0))
  const jar = new Map<string, string>()
  const url = served.addresses[0]?.url ?? ''
  // Tests ask for other hosts than that of the certificate, too.
  const anyHost = { checkServerIdentity: () => undefined }
  const call = client(t, url, url.startsWith('https') ? ca : undefined, anyHost)

  const plain: PageBrowser['plain'] = async (method, path, { headers = {}, body, raw } = {}) => {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const answer = await call(path, {
      method,
      headers: { host: new URL(url).host, ...headers },
      ...(text === undefined ? {} : { body: text }),
    })
    const cookies = answer.headers['set-cookie'] ?? []
    for (const line of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    const isJson = answer.headers['content-type'] === 'application/json' && answer.body !== ''
    return {
      status: answer.status,
      headers: answer.headers as PageAnswer['headers'],
      cookies,
      text: answer.body,
      json: isJson ? (JSON.parse(answer.body) as JsonObject) : {},
    }
  }
  return {
    url,
    jar,
    plain,
    ask: (method, path, { headers, ...rest } = {}) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      return plain(method, path, {
        headers: { ...ownPage, ...(cookie === '' ? {} : { cookie }), ...headers },
        ...rest,
      })
    },
  }
}

/** The session that an answer tells of; null where there is none. */
export function sessionIn({ status, json, text }: PageAnswer): SessionView | null {
  if (status !== 200) throw new Error(`${status}: ${text}`)
  // The tests compare what is in it.
  return json.session as unknown as SessionView | null
}

/** Makes a login by user name and password. */
export async function addPeople(server: TestNode, ...names: readonly string[]): Promise<void> {
  const expect = async (path: string, fields: JsonObject) => {
    const reply = await server.ask('write', path, { fields })
    if (reply instanceof Error) throw reply
  }
  await expect('sys/auth/userpass', { type: 'userpass' })
  for (const name of names) {
    await expect(`auth/userpass/users/${name}`, { password: `password of ${name}`, token_ttl: '1h' })
  }
}

export const loginOf = (name: string): JsonObject => ({
  login: { path: `auth/userpass/login/${name}`, data: { password: `password of ${name}` } },
})
