import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { parseConfig } from '../../src/core/config/config.ts'
import { openBeside } from '../../src/storage/open.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { temporaryFile } from '../support/folder.ts'
import { assertHas, migrate, writing } from '../support/migrate.ts'
import { freePort } from '../support/ports.ts'
import { requires } from '../support/requires.ts'
import { type RunningServer, startConfigured } from '../support/server.ts'
import { type SharedStore, sharedStores } from '../support/stores.ts'
import { call, expectOk } from '../support/vault.ts'

const sqlite = async () => (folder: string) => `storage "sqlite" { path = "${join(folder, 'coffer.db')}" }`

/** Rows that make a move take long enough to be killed in the middle. */
const filler = 6000

async function fill(file: string): Promise<void> {
  const store = await openBeside(parseConfig(readFileSync(file, 'utf8'), { file }).config.storage)
  for (let i = 0; i < filler; i += 50) {
    const put = Array.from({ length: 50 }, (_, k) => ({
      key: `ns/root/filler/${i + k}` as StorageKey,
      value: Buffer.alloc(100),
    }))
    assert.ok((await store.commit({ put })).ok)
  }
  await store.close()
}

describe('coffer operator migrate with etcd and PostgreSQL', {
  timeout: 400_000,
  ...requires(sharedStores.map(({ missing }) => missing).find((missing) => missing !== undefined)),
}, () => {
  const shared = new Map<string, SharedStore>()
  before(async () => {
    for (const { type, start } of sharedStores) shared.set(type, await start())
  })
  after(() => Promise.all([...shared.values()].map((store) => store.stop())))

  const newStorage = (type: string) =>
    type === 'sqlite' ? sqlite() : (shared.get(type)?.newStorage() ?? sqlite())

  /** Configurations of servers of one cluster, one after the other, on this machine and in one state folder. */
  function places(t: TestContext) {
    const folder = dirname(temporaryFile())
    const keys = join(folder, 'keys')
    mkdirSync(keys)
    return async (name: string, type: string, change = (text: string) => text) => {
      const listen = `127.0.0.1:${await freePort()}`
      const home = join(folder, name)
      mkdirSync(home)
      const file = join(home, 'coffer.hcl')
      writeFileSync(
        file,
        `${change((await newStorage(type))(home))}\nseal "static" {\n  key_folder = "${keys}"\n}\n` +
          `listener "tcp" {\n  address = "${listen}"\n  tls_disable = true\n  max_request_size = 8388608\n}\n`,
      )
      return {
        file,
        async start(token: string): Promise<RunningServer> {
          const server = await startConfigured(file, { listen, token })
          t.after(() => server.stop())
          return server
        },
      }
    }
  }

  /** A server with a mount `kv/`. */
  async function initialised(place: { start(token: string): Promise<RunningServer> }) {
    const first = await place.start('')
    const { root_token: token } = await expectOk(first, 'PUT', 'sys/init', {})
    const server = { ...first, token }
    await expectOk(server, 'POST', 'sys/mounts/kv', { type: 'kv' })
    return server
  }

  for (const [from, to] of [
    ['etcd', 'postgres'],
    ['postgres', 'etcd'],
  ] as const) {
    it(`moves from ${from} to ${to} while a server serves, killed, given up and begun again`, async (t) => {
      const place = places(t)
      const [old, next] = [await place('old', from), await place('next', to)]
      const server = await initialised(old)
      await fill(old.file)
      const writes = writing(server)
      const paths = [`-from=${old.file}`, `-to=${next.file}`]
      for (const until of [/^copying/m, /^last changes/m]) {
        const { code, stderr } = await migrate(paths, until)
        assert.equal(code, null, `not killed at ${until}: ${stderr}`)
      }
      await assert.rejects(next.start(''), /the data has not all arrived/)
      // Given up, the old store serves again, and the new one is empty.
      const ended = await migrate([...paths, '-abort'])
      assert.equal(ended.code, 0, ended.stderr)
      await expectOk(server, 'POST', 'kv/between', { value: 'between' })
      const { code, stdout, stderr } = await migrate([...paths, '-format=json'])
      assert.equal(code, 0, stderr)
      const report = JSON.parse(stdout)
      assert.deepEqual([report.source, report.destination, report.already], [from, to, false])
      assert.ok(report.rows > filler)
      await writes.stop()
      assert.ok(writes.acknowledged.size > 0 && writes.refusals() > 0)
      for (const [path, status] of [
        ['kv/w0/0', 503],
        ['sys/health', 503],
      ] as const) {
        assert.equal((await call(server, 'GET', path)).status, status)
      }
      const refused = await call(server, 'GET', 'kv/w0/0')
      assert.match(
        refused.body.errors[0],
        new RegExp(
          `the data has moved to another store \\(${to}\\): start the server with the configuration`,
        ),
      )
      await server.stop()
      await assert.rejects(old.start(''), new RegExp(`the data has moved to another store \\(${to}\\)`))
      const moved = await next.start(server.token)
      await assertHas(moved, writes.acknowledged)
      await assertHas(moved, new Map([['kv/between', 'between']]))
      await expectOk(moved, 'POST', 'kv/new', { value: 1 })
      assert.equal(JSON.parse((await migrate([...paths, '-format=json'])).stdout).already, true)
    })
  }

  for (const [to, bytes] of [
    ['etcd', 1_100_000],
    ['postgres', 4_300_000],
  ] as const) {
    it(`refuses a value that is too large for ${to}, and the old store goes on`, async (t) => {
      const place = places(t)
      const [old, next] = [await place('old', 'sqlite'), await place('next', to)]
      const server = await initialised(old)
      await expectOk(server, 'POST', 'kv/large', { value: 'x'.repeat(bytes) })
      const paths = [`-from=${old.file}`, `-to=${next.file}`]
      const { code, stdout, stderr } = await migrate(paths)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(
        stderr,
        new RegExp(`1 row is larger than the new store \\(${to}\\) takes, which is \\d+ bytes`),
      )
      assert.doesNotMatch(stderr, /xxxx|\n {4}at /)
      await expectOk(server, 'POST', 'kv/small', { value: 1 })
      // Made smaller, the same command moves it.
      await expectOk(server, 'POST', 'kv/large', { value: 'x' })
      assert.equal((await migrate(paths)).code, 0)
      await assertHas(
        await next.start(server.token),
        new Map<string, unknown>([
          ['kv/large', 'x'],
          ['kv/small', 1],
        ]),
      )
    })
  }

  for (const { type } of sharedStores) {
    it(`refuses a target on ${type} that is another cluster’s, one that is not there, and what is no target`, async (t) => {
      const place = places(t)
      const [old, taken] = [await place('old', 'sqlite'), await place('taken', type)]
      const server = await initialised(old)
      const other = await initialised(taken)
      const refusedWith = async (target: string, text: RegExp) => {
        const { code, stdout, stderr } = await migrate([`-from=${old.file}`, `-to=${target}`])
        assert.deepEqual([code, stdout], [1, ''])
        assert.match(stderr, text)
        assert.doesNotMatch(stderr, /\n {4}at /)
        await expectOk(server, 'POST', 'kv/a', { value: 1 })
      }
      await refusedWith(taken.file, /the new store holds the data of another cluster: it must be empty/)
      await expectOk(other, 'POST', 'kv/a', { value: 1 })
      const gone = await freePort()
      const wrong = await place('wrong', type, (text) =>
        text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${gone}`),
      )
      await refusedWith(
        wrong.file,
        new RegExp(`^Error: the store of ${wrong.file}: .*(etcd does not answer|127\\.0\\.0\\.1:${gone})`),
      )
      await refusedWith(`${wrong.file}.none`, /cannot read .* \(ENOENT\)/)
      // As the old store: it has no data of a server, and nothing is made of that.
      const empty = await place('empty', type)
      const { code, stderr } = await migrate([`-from=${empty.file}`, `-to=${taken.file}`])
      assert.equal(code, 1)
      assert.match(stderr, /the store to move was never initialised/)
    })
  }
})
