import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFile } from '../../../test/support/folder.ts'
import { codeOf, dataOf, startTestNode } from '../../../test/support/node.ts'
import { systemRandom } from '../../base/random.ts'
import { openSqlite } from '../../storage/sqlite/store.ts'
import { move } from './migrate.ts'

const parts = { random: systemRandom, pause: async () => {}, monotonic: () => performance.now() }

async function start(t: TestContext) {
  const folder = dirname(temporaryFile(t))
  const server = await startTestNode({ path: join(folder, 'old.db') })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/a', { fields: { k: 'before' } })
  const path = join(folder, 'new.db')
  const target = await openSqlite({ path })
  t.after(() => target.close())
  return {
    folder,
    server,
    path,
    target,
    from: { store: server.store, type: 'sqlite' },
    to: { store: target, type: 'sqlite' },
  }
}

describe('a move to another store', () => {
  it('takes everything along', async (t) => {
    const { server, path, from, to } = await start(t)
    const moved = await move({ ...parts, from, to })
    assert.ok(moved.rows > 5)
    const other = await startTestNode({ path, cluster: server })
    t.after(() => other.stop())
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: 'before' })
    assert.equal(codeOf(await other.ask('write', 'kv/a', { fields: { k: 'after' } })), undefined)
    for (const verb of ['read', 'write', 'delete', 'list'] as const) {
      assert.equal(codeOf(await server.ask(verb, 'kv/a', { fields: { k: 'lost' } })), 'storage_moved', verb)
    }
  })
})
