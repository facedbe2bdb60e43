import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StorageKey } from '../../store.ts'
import { createWatch } from '../connection/watch.ts'
import { createRowReader } from './rows.ts'

describe('reads of a database that says nothing', () => {
  it('end when their time is over, and those that wait for them, too', async () => {
    const lane = { get: () => new Promise<never>(() => {}), close: async () => {} }
    const watch = createWatch({ sequence: 1, lineage: '' }, '')
    const reader = createRowReader([lane, lane], watch, 30, 0)
    const reads = Array.from({ length: 5 }, (_, i) =>
      reader.read([{ key: `${i}` as StorageKey, known: undefined }]),
    )
    for (const read of reads)
      await assert.rejects(read, { code: 'storage_failed', message: /does not answer/ })
    await reader.close()
  })
})
