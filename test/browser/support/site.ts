import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/base/clock.ts'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { exampleSpaces, pageOf } from '../../../src/demo/spaces.ts'
import { startHttp } from '../../../src/http/server.ts'
import { ensureLocalCertificate } from '../../../src/http/tls/local.ts'
import { startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { freePort } from '../../support/ports.ts'
import { builtPage } from './built.ts'

/** A whole server with TLS and its page, with the stand-in identity provider beside it. */
export type Site = {
  /** Without a slash at its end. */
  readonly origin: string
  /** The certificate of the authority that vouches for it. */
  readonly caFile: string
  readonly server: TestNode
  readonly provider: DemoProvider
  /** Writes with the root token. */
  write(path: string, fields: JsonObject): Promise<void>
  /** A token of somebody whom the identity provider knows. */
  tokenFor(person: string): Promise<string>
  stop(): Promise<void>
}

const pageClient = { clientId: 'coffer-page', clientSecret: 'stand-in' }
const scopes = ['profile', 'email', 'voperson_id', 'eduperson_entitlement']

export async function startSite(): Promise<Site> {
  const pageFolder = builtPage()
  const folder = await mkdtemp(join(tmpdir(), 'coffer-site-'))
  const { ca: caFile } = await ensureLocalCertificate(folder, [], Date.now())
  const port = await freePort()
  const origin = `https://127.0.0.1:${port}`
  const page = { ...pageClient, redirectUris: pageOf([origin]).callbacks }
  const provider = await startProvider({ port: 0, page })
  const spaces = exampleSpaces(provider.issuer, 'coffer', { ...pageClient, scopes, origins: [origin] })
  const server = await startTestNode({ clock: systemClock(), spaces: [spaces] })
  const http = await startHttp({
    listeners: [{ host: '127.0.0.1', port, tls: { certificate: { kind: 'local', folder } } }],
    handler: server.node.handler,
    ...server.node.web,
    limits: { bodyBytes: 1_000_000 },
    pageFolder,
  })
  const write = async (path: string, fields: JsonObject): Promise<void> => {
    const reply = await server.ask('write', path, { fields })
    if (reply instanceof Error) throw reply
  }
  await write('sys/auth/userpass', {
    type: 'userpass',
    description: 'guests',
    config: { listing_visibility: 'unauth' },
  })
  await write('sys/mounts/team', { type: 'kv', description: 'of the team', options: { version: '2' } })
  await write('sys/mounts/plain', { type: 'kv', description: 'without versions' })
  await write('sys/policies/acl/team', {
    policy: `path "team/*" { capabilities = ["create", "read", "update", "patch", "delete", "list"] }
path "plain/*" { capabilities = ["create", "read", "update", "delete", "list"] }`,
  })
  await write('auth/userpass/users/guest', {
    password: 'guest of the house',
    token_policies: 'team',
    token_ttl: '1h',
  })
  return {
    origin,
    caFile,
    server,
    provider,
    write,
    async tokenFor(person) {
      const fields = { role: '', jwt: await provider.mintAccessToken(person) }
      return tokenOf(await server.ask('write', 'auth/jwt/login', { token: '', fields }))
    },
    async stop() {
      await http.stop(0)
      await server.stop()
      await provider.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
