import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ApiRequest } from '../../src/backend/message.ts'
import type { RequestPath } from '../../src/backend/routes/path.ts'
import { type Identity, issue } from '../../src/http/testing/certificates.ts'
import { client, serve } from '../../src/http/testing/client.ts'
import { localFiles } from '../../src/http/tls/local.ts'
import { auditTo } from '../support/audit.ts'
import { codeOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

describe('a server that asks clients for certificates', () => {
  test('writes the serial number of one that it believes into the audit log, and of no other', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const { linesOf } = await auditTo(t, server)
    const folder = await mkdtemp(join(tmpdir(), 'coffer-edge-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const caFile = join(folder, 'clients.pem')
    const authority = await issue({ commonName: 'authority', isAuthority: true })
    await writeFile(caFile, authority.cert)
    const tls = { certificate: { kind: 'local', folder }, clients: { demand: 'ask', caFile } } as const
    const { url } = await serve(t, server.node.handler, { listeners: [{ host: '127.0.0.1', port: 0, tls }] })
    const ca = await readFile(localFiles(folder).ca)
    const serials = async (identity?: Identity) => {
      const call = client(t, url, ca, identity)
      const lines = await linesOf(() => call('/v1/sys/mounts', { headers: { 'X-Vault-Token': server.root } }))
      return lines.map(({ request }) => request?.client_certificate_serial_number)
    }
    const serial = '40000000000000000f'
    const known = await issue({ serial, by: authority })
    assert.deepEqual(await serials(known), ['1180591620717411303439', '1180591620717411303439'])
    assert.deepEqual(await serials(await issue({ serial })), [undefined, undefined])
    assert.deepEqual(await serials(), [undefined, undefined])
  })
})

describe('a server behind a proxy', () => {
  let server: TestNode
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coffer-edge-'))
    server = await startTestNode()
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function behind(t: TestContext, proxies: readonly string[]) {
    const forwarded = { proxies, hopSkips: 0, rejectNotPresent: false, rejectNotAuthorized: false }
    const { url } = await serve(t, server.node.handler, {
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback', forwarded }],
    })
    const call = client(t, url)
    return async (token: string, from?: string) => {
      const headers = {
        'X-Vault-Token': token,
        ...(from === undefined ? {} : { 'X-Forwarded-For': from }),
      }
      return (await call('/v1/auth/token/lookup-self', { headers })).status
    }
  }

  test('holds tokens to their networks by what the proxy says, and not by what anybody else does', async (t) => {
    const fields = { token_bound_cidrs: ['192.0.2.0/24', '2001:db8::/32'] }
    await server.ask('write', 'auth/token/roles/near', { fields })
    const token = tokenOf(await server.ask('write', 'auth/token/create/near'))
    const trusted = await behind(t, ['127.0.0.1'])
    assert.equal(await trusted(token, '192.0.2.7'), 200)
    assert.equal(await trusted(token, '::ffff:192.0.2.7'), 200)
    assert.equal(await trusted(token, '2001:DB8::7'), 200)
    assert.equal(await trusted(token, '192.0.2.7, 198.51.100.1'), 403)
    assert.equal(await trusted(token), 403)
    const spoofed = await behind(t, ['198.51.100.0/24'])
    assert.equal(await spoofed(token, '192.0.2.7'), 403)
  })

  test('writes the client’s address into the audit log', async (t) => {
    const file = join(folder, 'audit.log')
    const fields = { type: 'file', options: { file_path: file } }
    assert.equal(codeOf(await server.ask('write', 'sys/audit/file', { fields })), undefined)
    const trusted = await behind(t, ['127.0.0.1'])
    for (const from of ['192.0.2.7', '2001:DB8::0:7', undefined]) await trusted(server.root, from)
    const addresses = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type, request }) => type === 'request' && request.path === 'auth/token/lookup-self')
      .map(({ request }) => request.remote_address)
    assert.deepEqual(addresses, ['192.0.2.7', '2001:db8::7', '127.0.0.1'])
  })
})

describe('a request whose time is over', () => {
  test('changes nothing any more, and its audit entry says why', async () => {
    const server = await startTestNode()
    const folder = await mkdtemp(join(tmpdir(), 'coffer-edge-'))
    try {
      const file = join(folder, 'audit.log')
      await server.ask('write', 'sys/audit/file', { fields: { type: 'file', options: { file_path: file } } })
      const write = (name: string, isLate: boolean): ApiRequest => ({
        id: name,
        verb: 'write',
        path: `cubbyhole/${name}` as RequestPath,
        fields: { v: 1 },
        hasBody: true,
        token: server.root,
        wrapTtl: undefined,
        headers: {},
        remote: { address: '127.0.0.1', port: 1 },
        isLate: () => isLate,
      })
      await assert.rejects(server.node.handler(write('late', true)), { code: 'timed_out' })
      await server.node.handler(write('soon', false))
      assert.equal(codeOf(await server.ask('read', 'cubbyhole/late')), 'not_found')
      assert.equal(codeOf(await server.ask('read', 'cubbyhole/soon')), undefined)
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
      const [answer] = lines
        .map((line) => JSON.parse(line))
        .filter(({ type, request }) => type === 'response' && request.id === 'late')
      assert.equal(answer.error, 'timed out')
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
