import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { randomFrom } from '../storage/history/work.ts'
import { requires } from '../support/requires.ts'
import { checkHistory, missingChecker } from './check.ts'
import { startCluster } from './cluster/cluster.ts'
import { oneMachine } from './cluster/machines.ts'
import { sqliteBacking } from './cluster/sqlite.ts'
import type { Operation } from './history.ts'
import { startWork } from './run.ts'

const server = fileURLToPath(new URL('broken/server.ts', import.meta.url))

/** Operations, in which what is planted shows many times. */
const enough = 1500

/** The objects whose history is wrong, after clients worked at two nodes of a build with something planted. */
async function wrongWith(plant: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-broken-'))
  try {
    const backing = await sqliteBacking(folder)
    const command = () => [process.execPath, '--disable-warning=ExperimentalWarning', server, plant]
    const cluster = await startCluster({ folder, machines: oneMachine, backing, nodes: 2, command })
    try {
      const work = startWork(cluster, { run: plant, random: randomFrom(7), patience: 10_000, pacing: 8 })
      // However long a busy machine takes for so many.
      while (work.count() < enough) await pause(50)
      const { history } = await work.stop()
      return (await checkHistory(history)).wrong.map(({ object }) => object)
    } finally {
      await cluster.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('the checker of histories of a whole cluster', requires(missingChecker()), () => {
  const times = (from: number, to: number) => ({ object: 'a', client: 1, from, to })
  const wrong = async (...history: Operation[]) => (await checkHistory(history)).wrong.length > 0
  const kv = (
    from: number,
    to: number,
    what: Omit<Operation, 'object' | 'model' | 'client' | 'from' | 'to'>,
  ) => ({ ...times(from, to), model: 'kv', ...what }) as const
  const register = (from: number, to: number, act: string, value: string) =>
    ({ ...times(from, to), model: 'register', do: act, value }) as const
  const uses = (from: number, to: number, what: Partial<Operation>) =>
    ({ ...times(from, to), model: 'uses', do: 'use', ...what }) as const
  const first = kv(1, 2, { do: 'write', value: 'x', version: 1 })

  test('takes either answer while a write is under way, and the new one alone after it', async () => {
    const second = kv(3, 10, { do: 'write', value: 'y', version: 2 })
    const older = { do: 'read', value: 'x', version: 1 }
    assert.equal(await wrong(first, second, kv(4, 5, older)), false)
    assert.equal(await wrong(first, second, kv(4, 5, { do: 'read', value: 'y', version: 2 })), false)
    assert.equal(await wrong(first, second, kv(11, 12, older)), true)
  })

  test('takes a write without an answer as done at any time or never', async () => {
    const open = kv(3, 4, { do: 'write', value: 'y', open: true })
    const newer = { do: 'read', value: 'y', version: 2 }
    const older = { do: 'read', value: 'x', version: 1 }
    assert.equal(await wrong(first, open, kv(5, 6, older), kv(7, 8, newer)), false)
    assert.equal(await wrong(first, open, kv(5, 6, newer), kv(7, 8, older)), true)
  })

  test('knows what check-and-set, delete and the removal of a secret do', async () => {
    const refused = kv(3, 4, { do: 'cas', expect: 0, value: 'y', refused: true })
    assert.equal(await wrong(first, refused), false)
    assert.equal(await wrong(first, { ...refused, expect: 1 }), true)
    const gone = kv(5, 6, { do: 'delete' })
    assert.equal(await wrong(first, gone, kv(7, 8, { do: 'read', version: 1 })), false)
    assert.equal(await wrong(first, gone, kv(7, 8, { do: 'read', value: 'x', version: 1 })), true)
    const removed = kv(9, 10, { do: 'remove' })
    assert.equal(await wrong(first, gone, removed, kv(11, 12, { do: 'read' })), false)
    assert.equal(await wrong(first, gone, removed, kv(11, 12, { do: 'write', version: 2 })), true)
  })

  test('knows that what was revoked stays so until it is given again', async () => {
    const made = register(1, 2, 'set', 'there')
    const revoked = register(3, 6, 'set', 'gone')
    assert.equal(await wrong(made, revoked, register(4, 5, 'get', 'there')), false)
    assert.equal(await wrong(made, revoked, register(7, 8, 'get', 'there')), true)
  })

  test('counts the uses of a token', async () => {
    const granted = uses(0, 0, { do: 'grant', expect: 1 })
    assert.equal(await wrong(granted, uses(1, 2, {}), uses(1, 2, { refused: true })), false)
    assert.equal(await wrong(granted, uses(1, 2, {}), uses(1, 2, {})), true)
    assert.equal(await wrong(granted, uses(1, 2, { refused: true }), uses(3, 4, {})), true)
  })

  test('finds nothing where nothing is planted', async () => {
    assert.deepEqual(await wrongWith('none'), [])
  })

  for (const plant of ['stale-reads', 'lost-writes']) {
    test(`finds out a build with ${plant}`, async () => {
      assert.notDeepEqual(await wrongWith(plant), [])
    })
  }
})
