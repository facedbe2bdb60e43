import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { manualClock } from '../../../base/clock.ts'
import type { StorageKey } from '../../store.ts'
import { createVersions } from '../rows.ts'
import { connectReader } from '../schema.ts'
import { openSqlite } from '../store.ts'
import { createFresh } from './fresh.ts'
import { createConnection } from './reader.ts'
import { createSnapshots } from './snapshots.ts'

describe('a snapshot that is held', () => {
  test('ends after a minute, and after two seconds while the log is too long', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-snapshots-'))
    const path = join(folder, 'store')
    const store = await openSqlite({ path })
    const db = connectReader(path)
    const versions = createVersions(String(db.prepare('SELECT lineage FROM state').get()?.lineage))
    const clock = manualClock()
    let log = 0
    const snapshots = createSnapshots({
      open: () => createConnection(connectReader(path), versions),
      fresh: createFresh(),
      clock,
      logSize: () => log,
      logLimit: 100,
    })
    t.after(async () => {
      snapshots.close()
      db.close()
      await store.close()
      rmSync(folder, { recursive: true })
    })
    for (const [bytes, life] of [
      [100, 60_000],
      [101, 2000],
    ] as const) {
      log = bytes
      const held = snapshots.take()
      const read = async () => held.read(['a' as StorageKey])
      await read()
      clock.advance(life - 1)
      snapshots.trim()
      assert.deepEqual(await read(), [undefined])
      clock.advance(1)
      snapshots.trim()
      await assert.rejects(read(), { code: 'overloaded' })
      held.release()
    }
  })
})
