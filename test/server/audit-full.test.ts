import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { program, startTlsServer } from '../support/server.ts'
import { smallDisk } from '../support/small-disk.ts'
import { call, expectOk } from '../support/vault.ts'

describe('an audit log on a disk that is full', { timeout: 60_000 }, () => {
  const disk = smallDisk()
  if (disk === undefined) return

  it('has every request refused, nothing changed, and serves again when there is space', async (t) => {
    const log = join(disk, 'audit.log')
    const server = await startTlsServer({
      configuration: `audit "file" "main" {\n  options { file_path = "${log}" }\n}\n`,
    })
    t.after(() => server.stop())
    await expectOk(server, 'PUT', 'sys/mounts/kv', { type: 'kv' })
    await expectOk(server, 'PUT', 'kv/a', { v: 'before' })
    const ballast = join(disk, 'ballast')
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    // What is left of the log's last page still takes some entries.
    const refusal = async () => {
      for (let n = 0; ; n++) {
        assert.ok(n < 100, 'nothing bounds this log')
        const reply = await call(server, 'PUT', 'kv/filler', { n })
        if (reply.status !== 204) return reply
      }
    }
    const { status, body } = await refusal()
    assert.equal(status, 500)
    assert.match(body.errors[0], /^the audit device main\/ failed$/)
    assert.equal((await call(server, 'PUT', 'kv/a', { v: 'during' })).status, 500)
    assert.equal((await call(server, 'GET', 'kv/a')).status, 500)
    rmSync(ballast)
    // The device is tried again after a pause of its own.
    const end = Date.now() + 10_000
    while ((await call(server, 'GET', 'kv/a')).status !== 200) assert.ok(Date.now() < end, 'it stays broken')
    assert.deepEqual((await expectOk(server, 'GET', 'kv/a')).data, { v: 'before' })
    await expectOk(server, 'PUT', 'kv/a', { v: 'after' })
    assert.deepEqual((await expectOk(server, 'GET', 'kv/a')).data, { v: 'after' })
    const { stdout } = await promisify(execFile)(program, ['audit', 'verify', '-format=json', log])
    assert.deepEqual(JSON.parse(stdout).findings, [])
  })
})
