import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { run } from '../../src/cli/program.ts'
import { fakeIo } from '../../src/cli/testing/fake-io.ts'
import { temporaryFile } from '../support/folder.ts'
import { dataOf, startTestNode } from '../support/node.ts'
import { program } from '../support/server.ts'

const execute = promisify(execFile)

/** The command line in a process of its own. */
const coffer = (...args: string[]) =>
  execute(program, ['operator', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  )

function configuration(folder: string, name: string, storage: string): string {
  const file = join(folder, name)
  writeFileSync(file, `${storage}\nlistener "tcp" {\n  address = "127.0.0.1:0"\n  tls_disable = true\n}\n`)
  return file
}

async function start(t: TestContext) {
  const data = temporaryFile()
  const folder = dirname(data)
  const server = await startTestNode({ path: data })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/a', { fields: { k: 'kept' } })
  const target = join(folder, 'restored')
  return {
    folder,
    server,
    target,
    copy: join(folder, 'copy'),
    here: configuration(folder, 'here.hcl', `storage "sqlite" {\n  path = "${data}"\n}`),
    there: configuration(folder, 'there.hcl', `storage "sqlite" {\n  path = "${target}"\n}`),
  }
}

describe('coffer operator backup and restore', () => {
  it('work beside the running server, which goes on', async (t) => {
    const { server, copy, here, there, target } = await start(t)
    const made = await coffer('backup', `-config=${here}`, copy)
    assert.deepEqual([made.code, made.stderr], [0, ''])
    assert.match(made.stdout, /^Success! Backed up .* to .*copy\n$/)
    await server.ask('write', 'kv/a', { fields: { k: 'changed' } })
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'changed' })

    const restored = await coffer('restore', `-config=${there}`, copy)
    assert.equal(restored.code, 0, restored.stderr)
    assert.match(restored.stderr, /revoke it again/)
    const other = await startTestNode({ path: target, cluster: server })
    t.after(() => other.stop())
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: 'kept' })
  })

  it('refuse to write over anything, with 1', async (t) => {
    const { copy, here, server } = await start(t)
    assert.equal((await coffer('backup', `-config=${here}`, copy)).code, 0)
    const bytes = readFileSync(copy)
    const again = await coffer('backup', `-config=${here}`, copy)
    assert.deepEqual([again.code, again.stdout], [1, ''])
    assert.match(again.stderr, /there is a file already/)
    assert.deepEqual(readFileSync(copy), bytes)
    const over = await coffer('restore', `-config=${here}`, copy)
    assert.deepEqual([over.code, over.stdout], [1, ''])
    assert.match(over.stderr, /there is a store already/)
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'kept' })
  })

  it('need a store that outlives its server', async (t) => {
    const { folder, copy } = await start(t)
    const memory = configuration(folder, 'memory.hcl', 'storage "inmem" {}')
    const { code, stderr } = await coffer('backup', `-config=${memory}`, copy)
    assert.equal(code, 1)
    assert.match(stderr, /in memory/)
  })

  it('take the store below the home directory without a configuration file', async (t) => {
    const { server, here, copy, folder } = await start(t)
    assert.equal((await coffer('backup', `-config=${here}`, copy)).code, 0)
    const io = fakeIo({ home: folder, env: { NO_COLOR: '1' }, tty: true })
    assert.equal(await run(['operator', 'restore', copy], io), 0, io.error())
    const data = join(folder, '.local', 'share', 'coffer', 'data', 'coffer.db')
    assert.match(io.out(), new RegExp(`to ${data}\n`))
    const second = join(folder, 'second')
    const json = fakeIo({ home: folder })
    assert.equal(await run(['operator', 'backup', '-format=json', second], json), 0, json.error())
    assert.equal(JSON.parse(json.out()).destination, second)
    assert.equal(json.error(), '', 'no progress but on a terminal')
    const other = await startTestNode({ path: data, cluster: server })
    t.after(() => other.stop())
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: 'kept' })
  })

  it('show on a terminal how far they are', async (t) => {
    const { server, here, copy } = await start(t)
    const fields = { k: 'x'.repeat(500_000) }
    for (let i = 0; i < 8; i++) await server.ask('write', `kv/large${i}`, { fields })
    const io = fakeIo({ env: { NO_COLOR: '1' }, tty: true })
    assert.equal(await run(['operator', 'backup', `-config=${here}`, copy], io), 0, io.error())
    assert.match(io.error(), /^(\r\d+ of \d+ MB copied)+\n$/)
    assert.match(io.error(), /\r5 of 5 MB copied\n$/)
  })
})
