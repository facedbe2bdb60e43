import type { TestContext } from 'node:test'
import { startTlsServer } from '../support/server.ts'
import { expectOk } from '../support/vault.ts'

/**
 * A server over TLS with what the clients' checks use: `kv1/`, `secret/` with versions, `transit/`, the auth methods
 * AppRole and userpass, and a policy `reader`.
 *
 * @returns the environment variables that lead a client to it
 */
export async function serveClients(t: TestContext): Promise<Record<string, string>> {
  const server = await startTlsServer()
  t.after(() => server.stop())
  for (const [path, fields] of [
    ['sys/mounts/kv1', { type: 'kv', options: { version: '1' } }],
    ['sys/mounts/secret', { type: 'kv', options: { version: '2' } }],
    ['sys/mounts/transit', { type: 'transit' }],
    ['sys/auth/approle', { type: 'approle' }],
    ['sys/auth/userpass', { type: 'userpass' }],
    ['sys/policies/acl/reader', { policy: 'path "kv1/*" { capabilities = ["read"] }' }],
  ] as const) {
    await expectOk(server, 'POST', path, fields)
  }
  const { PATH = '', HOME = '' } = process.env
  return {
    PATH,
    HOME,
    VAULT_ADDR: server.address,
    VAULT_TOKEN: server.token,
    VAULT_CACERT: server.caFile ?? '',
  }
}
