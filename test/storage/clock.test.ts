import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { StorageKey } from '../../src/storage/store.ts'
import { type StoreProcess, startProcess, temporaryFolder } from './child.ts'

const key = 'a' as StorageKey
const day = 86_400_000

/** A process, threads and all, whose clock is set back by a year, and by a day more every time it is asked. */
function withWrongClock() {
  const code = `let back = ${365 * day}; const now = Date.now; Date.now = () => now() - (back += ${day})`
  return startProcess({
    execArgv: ['--no-warnings', '--import', `data:text/javascript,${encodeURIComponent(code)}`],
  })
}

describe('a clock that jumps backwards', () => {
  test('changes nothing in a store: versions go on, guests are answered, the writer passes on', async () => {
    const path = join(temporaryFolder(), 'store')
    const versions: unknown[] = []
    const processes = [startProcess(), withWrongClock(), withWrongClock(), startProcess(), withWrongClock()]
    const alive: StoreProcess[] = []
    for (const [i, process] of processes.entries()) {
      await process.open({ path, patience: 2000 })
      alive.push(process)
      for (let times = 0; times < 5; times++) {
        const value = Buffer.from(`${i} ${times}`)
        const result = await process.commit({ put: [{ key, value }] })
        assert.ok(result.ok)
        versions.push(result.version)
        for (const reader of alive) {
          const [row] = await reader.read([key])
          assert.ok(typeof row === 'object')
          assert.deepEqual([row.version, Buffer.from(row.value)], [result.version, value])
        }
      }
      // Each takes over from one with another clock, or, the fourth, from nobody.
      const gone = alive.splice(0, i === 2 ? 2 : alive.length - 1)
      for (const one of gone) await one.kill()
    }
    assert.equal(new Set(versions).size, versions.length)
    assert.deepEqual(await processes.at(-1)?.check(), [])
    await processes.at(-1)?.close()
  })
})
