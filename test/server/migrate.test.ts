import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { temporaryFile } from '../support/folder.ts'
import { assertHas, migrate, writing } from '../support/migrate.ts'
import { freePort } from '../support/ports.ts'
import { type RunningServer, startConfigured } from '../support/server.ts'
import { call, expectOk } from '../support/vault.ts'

/** Rows that make a move take long enough to be killed in the middle. */
const filler = 30_000

async function place(t: TestContext) {
  const folder = dirname(temporaryFile())
  const keys = join(folder, 'keys')
  mkdirSync(keys)
  const configured = async (name: string) => {
    const listen = `127.0.0.1:${await freePort()}`
    const path = join(folder, name, 'coffer.db')
    const file = join(folder, `${name}.hcl`)
    writeFileSync(
      file,
      `storage "sqlite" {\n  path = "${path}"\n}\nseal "static" {\n  key_folder = "${keys}"\n}\n` +
        `listener "tcp" {\n  address = "${listen}"\n  tls_disable = true\n}\n`,
    )
    return { file, listen, path }
  }
  const [old, next] = [await configured('old'), await configured('next')]
  const running = new Set<RunningServer>()
  const started = async ({ file, listen }: typeof old, token: string) => {
    const server = await startConfigured(file, { listen, token })
    running.add(server)
    t.after(() => server.stop())
    return server
  }
  const first = await started(old, '')
  const { root_token: token } = await expectOk(first, 'PUT', 'sys/init', {})
  const server = { ...first, token }
  await expectOk(server, 'POST', 'sys/mounts/kv', { type: 'kv' })
  const beside = await openSqlite({ path: old.path })
  for (let i = 0; i < filler; i += 5000) {
    const put = Array.from({ length: 5000 }, (_, k) => ({
      key: `ns/root/filler/${i + k}` as StorageKey,
      value: Buffer.alloc(100),
    }))
    assert.ok((await beside.commit({ put })).ok)
  }
  await beside.close()
  return {
    server,
    paths: [`-from=${old.file}`, `-to=${next.file}`],
    startNext: () => started(next, token),
    nextFile: next.file,
  }
}

describe('coffer operator migrate', { timeout: 180_000 }, () => {
  it('moves a store that is written to, however often it is killed', async (t) => {
    const { server, paths, startNext } = await place(t)
    const writes = writing(server)
    for (const until of [/^counting/m, /^copying/m, /^last changes/m, /^verifying/m]) {
      const { code } = await migrate(paths, until)
      assert.equal(code, null, `not killed at ${until}`)
    }
    const { code, stdout, stderr } = await migrate([...paths, '-format=json'])
    assert.equal(code, 0, stderr)
    await writes.stop()
    assert.ok(writes.acknowledged.size > 0 && writes.refusals() > 0)
    const report = JSON.parse(stdout)
    assert.ok(report.rows > filler)
    assert.match(report.sha256, /^[0-9a-f]{64}$/)
    const next = await startNext()
    await assertHas(next, writes.acknowledged)
    await expectOk(next, 'POST', 'kv/new', { value: 1 })
    assert.equal((await call(server, 'GET', 'kv/w0/0')).status, 503)
    assert.equal((await call(server, 'GET', 'sys/health')).status, 503)
    const late = await migrate([...paths, '-abort'])
    assert.equal(late.code, 1)
    assert.match(late.stderr, /has been opened/)
  })

  it('gives the old store back to its server, which goes on without a restart', async (t) => {
    const { server, paths, startNext } = await place(t)
    const writes = writing(server)
    assert.equal((await migrate(paths, /^last changes/m)).code, null)
    assert.equal((await call(server, 'GET', 'kv/w0/0')).status, 503)
    await assert.rejects(startNext, /the data has not all arrived/)
    const { code, stdout, stderr } = await migrate([...paths, '-abort'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /The old store serves again/)
    const before = new Map(writes.acknowledged)
    await writes.stop()
    await expectOk(server, 'POST', 'kv/w0/0', { value: -1 })
    before.delete('kv/w0/0')
    assert.equal((await call(server, 'GET', 'kv/w0/0')).body.data.value, -1)
    await assertHas(
      server,
      writes.acknowledged.size > 0
        ? new Map([...writes.acknowledged].filter(([path]) => path !== 'kv/w0/0'))
        : before,
    )
    // The new store is empty again, and another move may begin.
    assert.equal((await migrate(paths)).code, 0)
    await assertHas(await startNext(), new Map([['kv/w0/0', -1]]))
  })
})
