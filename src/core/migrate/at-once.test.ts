import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parts, placeOf } from '../../../test/support/move.ts'
import { mountsKey } from '../../backend/mounts/mount-table.ts'
import { formatKey, incarnationKey, jsonBytes, sealKey } from '../../barrier/rows.ts'
import { encodeSealRow } from '../../barrier/seals/row.ts'
import { isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { openSqlite } from '../../storage/sqlite/store.ts'
import type { StorageKey, Store } from '../../storage/store.ts'
import { abort, move } from './migrate.ts'
import { readSource } from './source.ts'

const format = jsonBytes({ minReader: 1, minWriter: 1 })

/** The least that a move takes for a cluster. */
async function cluster(): Promise<Store> {
  const store = await openSqlite({ path: ':memory:' })
  const seal = { type: 'shamir', shares: 1, threshold: 1, root: Buffer.from('wrapped') }
  await store.commit({
    put: [
      { key: formatKey, value: format },
      { key: incarnationKey, value: jsonBytes({ id: systemRandom.uuid() }) },
      { key: sealKey, value: encodeSealRow({ ...seal, clusterId: systemRandom.uuid() }) },
      { key: mountsKey, value: Buffer.from('mounts') },
      { key: 'ns/root/a' as StorageKey, value: Buffer.from('a') },
    ],
  })
  return store
}

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
}

/** A store whose every operation begins and answers late, by as many turns as `next` says. */
function late(store: Store, next: () => number, look: () => Promise<void>): Store {
  const wait = () => turns(next())
  const waited =
    <A extends unknown[], T>(work: (...args: A) => T | Promise<T>) =>
    async (...args: A): Promise<T> => {
      await wait()
      const result = await work(...args)
      await look()
      await wait()
      return result
    }
  return {
    ...store,
    read: waited((keys, known) => store.read(keys, known)),
    scan: waited((prefix, options) => store.scan(prefix, options)),
    commit: waited((commit) => store.commit(commit)),
  }
}

const isOpen = async (target: Store): Promise<boolean> => {
  const [row] = await target.read([formatKey])
  return typeof row === 'object' && Buffer.compare(row.value, format) === 0
}

describe('several runs of the command at once', () => {
  it('never let both stores serve, however they meet', async () => {
    const seen = { opened: 0, ended: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('move', 'abort'), { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 6 })),
        async (runs, delays) => {
          const source = await cluster()
          const target = await openSqlite({ path: ':memory:' })
          const next = () => delays.next().value ?? 0
          const look = async () => {
            const [open, { fence }] = await Promise.all([isOpen(target), readSource(source)])
            assert.ok(!open || fence !== undefined, 'both stores may serve')
          }
          const from = placeOf(late(source, next, look))
          const to = placeOf(late(target, next, look))
          const results = await Promise.allSettled(
            ['move', ...runs].map(async (run, i) => {
              // So that they meet at all stages of each other.
              await turns(next() * 8 * i)
              return run === 'move' ? move({ ...parts, from, to }) : abort({ ...parts, from, to })
            }),
          )
          for (const result of results) {
            if (result.status === 'fulfilled') continue
            assert.ok(
              isFailure(result.reason, 'conflict', 'storage_moved', 'invalid_request'),
              String(result.reason),
            )
          }
          await look()
          if (await isOpen(target)) seen.opened++
          else {
            seen.ended++
            // Whatever was left half done, the next command ends it.
            await abort({ ...parts, from: placeOf(source), to: placeOf(target) })
            assert.equal((await readSource(source)).fence, undefined)
            await move({ ...parts, from: placeOf(source), to: placeOf(target) })
            assert.ok(await isOpen(target))
          }
          await Promise.all([source.close(), target.close()])
        },
      ),
      { numRuns: 200 },
    )
    assert.ok(seen.opened > 0 && seen.ended > 0, JSON.stringify(seen))
  })
})
