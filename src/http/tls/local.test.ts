import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { requires } from '../../../test/support/requires.ts'
import { client, serve } from '../testing/client.ts'
import { issueAuthority, issueLeaf } from './issue.ts'
import { ensureLocalCertificate, type LocalFiles, localFiles } from './local.ts'
import { requiredNames } from './names.ts'

const run = promisify(execFile)
const day = 86_400_000
const start = Date.UTC(2030, 0, 1)

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-tls-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'tls')
}

const certificateOf = async (file: string) => new X509Certificate(await readFile(file))
const both = async ({ ca, server }: LocalFiles) => [
  (await certificateOf(ca)).fingerprint256,
  (await certificateOf(server)).fingerprint256,
]

describe('the local authority', () => {
  test('is made at first, and only once', async (t) => {
    const folder = await folderFor(t)
    const files = await ensureLocalCertificate(folder, [], start)
    assert.deepEqual(files, localFiles(folder))
    const before = await both(files)
    await ensureLocalCertificate(folder, [], start + day)
    assert.deepEqual(await both(files), before)
    assert.deepEqual((await readdir(folder)).sort(), ['ca-key.pem', 'ca.pem', 'server.pem'])
  })

  test('keeps its keys to itself', async (t) => {
    const { ca, caKey, server } = await ensureLocalCertificate(await folderFor(t), [], start)
    for (const file of [caKey, server]) assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(ca)).mode & 0o077, 0o044)
    assert.doesNotMatch(await readFile(ca, 'utf8'), /PRIVATE/)
  })

  test('vouches for this host, its loopback addresses and the configured names', async (t) => {
    const { ca, server } = await ensureLocalCertificate(
      await folderFor(t),
      ['Vault.Example.org', '10.1.2.3', '*.pods.local'],
      start,
    )
    const [authority, certificate] = await Promise.all([certificateOf(ca), certificateOf(server)])
    assert.ok(certificate.checkIssued(authority) && certificate.verify(authority.publicKey))
    assert.ok(authority.ca && !certificate.ca)
    for (const name of ['localhost', 'vault.example.org', 'a.pods.local', hostname().toLowerCase()]) {
      assert.ok(certificate.checkHost(name, { subject: 'never' }), name)
    }
    for (const address of ['127.0.0.1', '::1', '10.1.2.3']) assert.ok(certificate.checkIP(address), address)
    assert.equal(certificate.checkHost('example.org'), undefined)
    assert.equal(Date.parse(certificate.validTo) - start, 90 * day)
  })

  test('may make no authority below it, and has no client pass over what it is limited to', async (t) => {
    const { ca } = await ensureLocalCertificate(await folderFor(t), [], start)
    const { raw } = await certificateOf(ca)
    // RFC 5280 §4.2.1.9 and §4.2.1.10: basicConstraints { cA TRUE, pathLen 0 } and nameConstraints, both critical.
    for (const der of ['0603551d130101ff040830060101ff020100', '0603551d1e0101ff']) {
      assert.ok(raw.includes(Buffer.from(der, 'hex')), der)
    }
  })

  test('renews the server certificate after two thirds of its life', async (t) => {
    const folder = await folderFor(t)
    const files = await ensureLocalCertificate(folder, [], start)
    const [authority, certificate] = await both(files)
    await ensureLocalCertificate(folder, [], start + 59 * day)
    assert.deepEqual(await both(files), [authority, certificate])
    await ensureLocalCertificate(folder, [], start + 61 * day)
    const renewed = await both(files)
    assert.equal(renewed[0], authority)
    assert.notEqual(renewed[1], certificate)
  })

  test('is made anew for a name that it does not cover, and before it ends', async (t) => {
    const folder = await folderFor(t)
    const files = await ensureLocalCertificate(folder, [], start)
    const [first] = await both(files)
    await ensureLocalCertificate(folder, ['new.example.org'], start)
    const [second] = await both(files)
    assert.notEqual(second, first)
    await ensureLocalCertificate(folder, ['new.example.org'], start + 3570 * day)
    const [third] = await both(files)
    assert.notEqual(third, second)
  })

  test('is one for all processes that start at once', async (t) => {
    const folder = await folderFor(t)
    const all = await Promise.all(Array.from({ length: 4 }, () => ensureLocalCertificate(folder, [], start)))
    const [authority, certificate] = await Promise.all([
      certificateOf(all[0]?.ca ?? ''),
      certificateOf(all[0]?.server ?? ''),
    ])
    assert.ok(certificate.verify(authority.publicKey))
    assert.equal((await readdir(folder)).length, 3)
  })

  test('refuses names that are none, and keys that others can read or that are none', async (t) => {
    const folder = await folderFor(t)
    for (const name of ['a b', 'a_b', '', '-a', 'a..b', '*', 'x.*.y', 'https://a', `${'a'.repeat(64)}.org`]) {
      await assert.rejects(ensureLocalCertificate(folder, [name], start), { code: 'invalid_config' }, name)
    }
    const { caKey } = await ensureLocalCertificate(folder, [], start)
    await chmod(caKey, 0o644)
    await assert.rejects(ensureLocalCertificate(folder, [], start), {
      code: 'invalid_config',
      message: /chmod 600/,
    })
    await chmod(caKey, 0o600)
    await writeFile(caKey, 'nonsense')
    await assert.rejects(ensureLocalCertificate(folder, [], start), {
      code: 'invalid_config',
      message: /holds no key/,
    })
  })
})

const missing: string[] = []
for (const program of ['curl', 'python3']) {
  await run(program, ['--version']).catch(() => missing.push(program))
}

describe('clients that trust the local authority', requires(missing[0]), () => {
  /** Asks by this client for a page; resolves when it got one. */
  const python = (ca: string, url: string) =>
    run('python3', [
      '-c',
      'import ssl,sys,urllib.request as u\nc=ssl.create_default_context(cafile=sys.argv[1])\nc.verify_flags|=ssl.VERIFY_X509_STRICT\nprint(u.urlopen(sys.argv[2],context=c).read())',
      ca,
      url,
    ])
  const curl = (ca: string, url: string) =>
    run('curl', ['--silent', '--show-error', '--fail', '--cacert', ca, url])
  const node = (t: TestContext) => async (ca: string, url: string) => {
    const { origin, pathname } = new URL(url)
    await client(t, origin, await readFile(ca))(pathname)
  }

  test('are content with localhost and 127.0.0.1: curl, Python in its strict mode, Node', async (t) => {
    const folder = await folderFor(t)
    const { port } = await serve(t, async () => ({ bare: 'ok' }), {
      listeners: [{ host: '127.0.0.1', port: 0, tls: { certificate: { kind: 'local', folder } } }],
    })
    for (const ask of [curl, python, node(t)]) {
      for (const host of ['localhost', '127.0.0.1'])
        await ask(localFiles(folder).ca, `https://${host}:${port}/v1/x`)
    }
  })

  test('accept no certificate of it for a name or an address of someone else', async (t) => {
    const folder = await folderFor(t)
    const { ca, server } = localFiles(folder)
    await ensureLocalCertificate(folder, [], Date.now())
    // The authority itself signs, as whoever stole its key could.
    const authority = await issueAuthority(requiredNames([]), Date.now())
    await writeFile(ca, authority.certificate)
    for (const [foreign, host] of [
      [
        [
          { kind: 'dns', text: 'bank.example' },
          { kind: 'ip', text: '127.0.0.1' },
        ],
        '127.0.0.1',
      ],
      [
        [
          { kind: 'dns', text: 'localhost' },
          { kind: 'ip', text: '127.0.0.2' },
        ],
        'localhost',
      ],
    ] as const) {
      await writeFile(server, (await issueLeaf(authority, foreign, Date.now())).pem)
      const { port } = await serve(t, async () => ({ bare: 'ok' }), {
        listeners: [
          {
            host: '127.0.0.1',
            port: 0,
            tls: { certificate: { kind: 'files', certFile: server, keyFile: server } },
          },
        ],
      })
      const url = `https://${host}:${port}/v1/x`
      await assert.rejects(curl(ca, url), /permitted subtree violation/)
      await assert.rejects(python(ca, url), /permitted subtree violation/)
      await assert.rejects(node(t)(ca, url), /permitted subtree violation/)
    }
  })
})
