import assert from 'node:assert/strict'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, symlink, truncate, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import {
  type CacheOptions,
  type CacheUse,
  ClientError,
  type ClientOptions,
  createClient,
} from '../../src/client/index.ts'
import { runShell } from '../readme/start.ts'
import { program, startHomeServer } from '../support/server.ts'
import { call, expectOk } from '../support/vault.ts'

const policy =
  'path "box/*" { capabilities = ["read", "update", "delete"] } path "kv/*" { capabilities = ["read", "update"] }'

/** Two servers on one store, a token that reads, and clients with a cache. */
async function setting(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'coffer-cached-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const start = async () => {
    const server = await startHomeServer(home)
    t.after(async () => {
      server.signal('SIGKILL')
      await server.stop()
    })
    return server
  }
  const servers = [await start(), await start()] as const
  const [server] = servers
  await expectOk(server, 'POST', 'sys/mounts/box', { type: 'kv' })
  await expectOk(server, 'POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } })
  await expectOk(server, 'POST', 'box/app', { password: 'hunter2' })
  await expectOk(server, 'POST', 'box/other', { password: 'another' })
  await expectOk(server, 'POST', 'kv/data/app', { data: { password: 'versioned' } })
  await expectOk(server, 'PUT', 'sys/policies/acl/read', { policy })
  const tokenWith = async (fields: object): Promise<string> => {
    const made = await expectOk(server, 'POST', 'auth/token/create', {
      policies: ['read'],
      ttl: '1h',
      ...fields,
    })
    return made.auth.client_token
  }
  const token = await tokenWith({})
  const folder = join(home, 'cache')
  const { caFile = '' } = server
  const caCert = await readFile(caFile, 'utf8')
  const uses: CacheUse[] = []
  const problems: string[] = []
  const address = servers.map((one) => one.address)
  const client = (more: ClientOptions = {}, cache: Partial<CacheOptions> = {}) => {
    const made = createClient({
      address,
      token,
      caCert,
      retryDelay: 1,
      cache: { folder, onUse: (use) => uses.push(use), onProblem: (text) => problems.push(text), ...cache },
      ...more,
    })
    t.after(() => made.close())
    return made
  }
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    VAULT_ADDR: address.join(','),
    VAULT_CACERT: caFile,
    VAULT_TOKEN: token,
    COFFER_CACHE: folder,
  }
  return {
    server,
    client,
    token,
    tokenWith,
    folder,
    uses,
    problems,
    stop: () => Promise.all(servers.map((one) => one.stop())),
    pause: () => servers.map((one) => one.signal('SIGSTOP')),
    seal: () => Promise.all(servers.map((one) => expectOk(one, 'PUT', 'sys/seal'))),
    files: async () => (await readdir(folder)).map((name) => join(folder, name)),
    shell: (command: string, more: Record<string, string> = {}) =>
      runShell(command.replaceAll('coffer ', `${program} `), { ...environment, ...more }),
  }
}

const unreachable = (error: unknown) => error instanceof ClientError && error.reason === 'unreachable'
const password = async (from: Promise<{ data: unknown; cached: unknown } | undefined>) => {
  const answer = await from
  return [answer?.data, answer?.cached !== null]
}

describe('the cache of a client', { timeout: 120_000 }, () => {
  it('answers when all servers are down, marked and with its age', async (t) => {
    const { client, stop, uses } = await setting(t)
    const early = Date.UTC(2030, 0, 31)
    // The clock of the client alone is that far; the token lives by the server's.
    const keyFile = join(await mkdtemp(join(tmpdir(), 'coffer-key-')), 'key')
    t.after(() => rm(join(keyFile, '..'), { recursive: true }))
    await client({}, { keyFile, now: () => early }).read('kv/data/app')
    assert.deepEqual(await password(client({}, { keyFile, now: () => early }).read('box/app')), [
      { password: 'hunter2' },
      false,
    ])
    await stop()
    const later = client({}, { keyFile, now: () => early + 90_500 })
    const answer = await later.read('box/app')
    assert.deepEqual(answer?.data, { password: 'hunter2' })
    assert.deepEqual(answer?.cached, { stored_time: '2030-01-31T00:00:00.000Z', age: 90 })
    assert.equal(uses[0]?.path, 'box/app')
    assert.equal(uses[0]?.age, 90)
    assert.match(uses[0]?.error.message ?? '', /none of 2 addresses/)
    await assert.rejects(later.read('box/other'), unreachable)
    // Too old, or from the future.
    const day = 24 * 3_600_000
    const at = (time: number) => client({}, { keyFile, now: () => time })
    await assert.rejects(at(early + day + 1).read('box/app'), unreachable)
    await assert.rejects(at(early - 100_000).read('kv/data/app'), unreachable)
  })

  it('lets commands start during an outage, and says so', async (t) => {
    const { shell, stop, seal } = await setting(t)
    const all =
      'coffer kv get -field=password box/app; coffer kv get -field=password kv/app; coffer read -field=password box/app'
    assert.equal((await shell(all)).output, 'hunter2versionedhunter2')
    await seal()
    const sealed = await shell('coffer kv get -field=password box/app')
    assert.match(
      sealed.output,
      /^Warning: the answer is from the cache and \d+s old: none of 2 addresses .*Vault is sealed.*\nhunter2$/,
    )
    await stop()
    const { output, code } = await shell(all)
    assert.equal(code, 0)
    assert.equal(output.match(/Warning: the answer is from the cache/g)?.length, 3)
    assert.match(output, /\nhunter2Warning[^\n]*\nversionedWarning[^\n]*\nhunter2$/)
    const json = JSON.parse((await shell('coffer kv get -format=json kv/app 2> /dev/null')).output)
    assert.equal(json.data.data.password, 'versioned')
    assert.ok(json.cached.age >= 0 && Date.parse(json.cached.stored_time) > 0)
    assert.notEqual((await shell('coffer kv get box/app', { COFFER_CACHE: '' })).code, 0)
    assert.notEqual((await shell('coffer kv get box/app', { VAULT_TOKEN: 'hvs.other' })).code, 0)
  })

  it('answers when servers hang', async (t) => {
    const { client, pause } = await setting(t)
    await client().read('box/app')
    pause()
    assert.deepEqual(await password(client({ connectTimeout: 200, timeout: 1_000 }).read('box/app')), [
      { password: 'hunter2' },
      true,
    ])
  })

  it('forgets what is gone, what may no longer be read, and all that a revoked token had', async (t) => {
    const { server, client, stop, files, token } = await setting(t)
    const reader = client()
    for (const path of ['box/app', 'box/other', 'kv/data/app']) await reader.read(path)
    await expectOk(server, 'DELETE', 'box/other')
    assert.equal(await reader.read('box/other'), undefined)
    await expectOk(server, 'DELETE', 'kv/data/app')
    assert.equal((await reader.read('kv/data/app'))?.status, 404)
    await expectOk(server, 'POST', 'box/other', { password: 'again' })
    await reader.read('box/other')
    await expectOk(server, 'PUT', 'sys/policies/acl/read', {
      policy: 'path "box/app" { capabilities = ["read"] }',
    })
    await assert.rejects(reader.read('box/other'), /permission denied/)
    // What this policy still allows stays.
    assert.equal((await files()).length, 2)
    await expectOk(server, 'POST', 'auth/token/revoke', { token })
    await assert.rejects(reader.read('box/other'), /permission denied/)
    assert.deepEqual(await files(), [])
    await stop()
    for (const path of ['box/app', 'box/other', 'kv/data/app']) {
      await assert.rejects(client().read(path), unreachable, path)
    }
  })

  it('forgets what its own client changes', async (t) => {
    const { client, stop } = await setting(t)
    const writer = client()
    for (const path of ['box/app', 'box/other', 'kv/data/app']) await writer.read(path)
    await writer.write('box/app', { password: 'changed' })
    await writer.delete('box/other')
    await writer.write('kv/delete/app', { versions: [1] })
    await stop()
    for (const path of ['box/app', 'box/other', 'kv/data/app']) {
      await assert.rejects(client().read(path), unreachable, path)
    }
  })

  it('keeps nothing of root, of limited tokens, of wrapped answers, tokens, cubbyholes and the server', async (t) => {
    const { server, client, stop, tokenWith, token } = await setting(t)
    const limited = await tokenWith({ num_uses: 20 })
    await call({ ...server, token }, 'POST', 'cubbyhole/mine', { a: 'b' })
    const paths = ['cubbyhole/mine', 'auth/token/lookup-self', 'sys/internal/ui/resultant-acl']
    const kept = client()
    for (const path of paths) assert.equal((await kept.read(path))?.status, 200, path)
    assert.notEqual((await client({ wrapTtl: '60s' }).read('box/other'))?.wrap_info, null)
    for (const holder of [server.token, limited]) await client({ token: holder }).read('box/app')
    // Root and limits are looked up once.
    for (let use = 0; use < 3; use++) await client({ token: limited }).read('box/app')
    const left = await call({ ...server, token: limited }, 'GET', 'auth/token/lookup-self')
    assert.equal(left.body.data.num_uses, 20 - 6)
    await stop()
    for (const path of [...paths, 'box/other']) await assert.rejects(kept.read(path), unreachable, path)
    for (const holder of [server.token, limited]) {
      await assert.rejects(client({ token: holder }).read('box/app'), unreachable)
    }
  })

  it('ends with its token, or the version that deletes itself', async (t) => {
    const { server, client, stop, tokenWith } = await setting(t)
    const short = await tokenWith({ ttl: '10m' })
    await expectOk(server, 'POST', 'kv/metadata/brief', { delete_version_after: '5m' })
    await expectOk(server, 'POST', 'kv/data/brief', { data: { a: 'b' } })
    await client({ token: short }).read('box/app')
    await client().read('kv/data/brief')
    await stop()
    const at = (minutes: number) => ({ now: () => Date.now() + minutes * 60_000 })
    assert.ok(await client({ token: short }, at(9)).read('box/app'))
    assert.ok(await client({}, at(4)).read('kv/data/brief'))
    await assert.rejects(client({ token: short }, at(11)).read('box/app'), unreachable)
    await assert.rejects(client({}, at(6)).read('kv/data/brief'), unreachable)
  })

  it('opens with a key file for whatever token comes next, and for none', async (t) => {
    const { client, stop, tokenWith, folder } = await setting(t)
    const keyFile = `${folder}.key`
    await client({}, { keyFile }).read('box/app')
    const other = await tokenWith({})
    await stop()
    for (const token of [other, '']) {
      assert.ok((await client({ token }, { keyFile }).read('box/app'))?.cached)
    }
    await assert.rejects(client({}, { keyFile: `${keyFile}2` }).read('box/app'), unreachable)
    await assert.rejects(client().read('box/app'), unreachable)
  })

  it('has no secret, no path and no token in clear', async (t) => {
    const { client, files, token } = await setting(t)
    await client().read('box/app')
    const names = await files()
    const bytes = Buffer.concat([
      Buffer.from(names.join()),
      ...(await Promise.all(names.map((name) => readFile(name)))),
    ])
    assert.ok(names.length > 0)
    for (const word of ['hunter2', 'password', 'box', token]) assert.ok(!bytes.includes(word), word)
  })

  it('refuses files that were changed, swapped, linked or opened to others', async (t) => {
    const { client, stop, files, problems } = await setting(t)
    await client().read('box/app')
    const before = new Set(await files())
    await client().read('box/other')
    const [other = ''] = (await files()).filter((name) => !before.has(name))
    await stop()
    const copy = `${other}-copy`
    const reads = () => client().read('box/other')
    assert.ok((await reads())?.cached)
    await copyFile(other, copy)
    for (const [what, spoil] of [
      ['changed', () => truncate(other, 40)],
      ['changed', () => truncate(other, 0)],
      ...[...before].map((file) => ['changed', () => copyFile(file, other)] as const),
      ['reached by others', () => chmod(other, 0o644)],
      ['is a link', () => unlink(other).then(() => symlink(copy, other))],
    ] as const) {
      problems.length = 0
      await spoil()
      await assert.rejects(reads(), unreachable, what)
      assert.match(problems.join(), new RegExp(what))
    }
  })

  it('is not used at all where others can reach its folder', async (t) => {
    const { client, folder, shell } = await setting(t)
    await client().read('box/app')
    await chmod(folder, 0o755)
    await assert.rejects(client().read('box/app'), /can be reached by others/)
    const { code, output } = await shell('coffer kv get box/app')
    assert.equal(code, 1)
    assert.match(output, /can be reached by others; run: chmod 700/)
    assert.throws(() => client({}, { maxAge: 31 * 24 * 3_600_000 }), /at most 30 days/)
  })
})
