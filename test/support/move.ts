import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { systemRandom } from '../../src/base/random.ts'
import type { Place } from '../../src/core/migrate/migrate.ts'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { Store } from '../../src/storage/store.ts'
import { startTestNode, type TestNode } from './node.ts'

/** What a move takes beside its stores; it never waits. */
export const parts = { random: systemRandom, pause: async () => {}, monotonic: () => performance.now() }

export const placeOf = (store: Store): Place => ({ store, type: 'sqlite' })

export async function emptyStore(t: TestContext): Promise<Store> {
  const store = await openSqlite({ path: ':memory:' })
  t.after(() => store.close())
  return store
}

/** A server with the mount `kv/`, which has `kv/a`, and an empty store. */
export async function bench(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/a', { fields: { k: 'before' } })
  const target = await emptyStore(t)
  return {
    server,
    target,
    from: placeOf(server.store),
    to: placeOf(target),
    serving: () => startOn(t, target, server),
  }
}

/** Another server of the cluster, on the store that it has moved to. */
export async function startOn(t: TestContext, store: Store, cluster: TestNode): Promise<TestNode> {
  const node = await startTestNode({ cluster, wrap: () => store })
  t.after(() => node.stop())
  return node
}

/** A store that fails for good from some operation on, as it looks from a process that is killed. */
export function mortal(life: { left: number; isAfter: boolean }, store: Store): Store {
  const live = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (life.left <= 0) throw new Killed()
    life.left--
    const isLast = life.left === 0
    if (isLast && !life.isAfter) throw new Killed()
    const result = await work()
    if (isLast) throw new Killed()
    return result
  }
  return {
    limits: store.limits,
    read: (keys, known) => live(() => store.read(keys, known)),
    list: (prefix, options) => live(() => store.list(prefix, options)),
    scan: (prefix, options) => live(() => store.scan(prefix, options)),
    snapshot: () => assert.fail('a move takes no snapshots'),
    commit: (commit) => live(() => store.commit(commit)),
    close: () => store.close(),
  }
}

/** What stands for the end of a process. */
export class Killed extends Error {
  override readonly name = 'Killed'
}
