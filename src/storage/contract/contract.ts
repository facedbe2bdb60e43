import { describe } from 'node:test'
import { commitTests } from './commits.ts'
import { durabilityTests } from './durability.ts'
import type { Opener } from './harness.ts'
import { listTests } from './lists.ts'
import { readTests } from './reads.ts'
import { scanTests } from './scans.ts'
import { snapshotTests } from './snapshots.ts'

export { type Opened, type Opener, openedBy } from './harness.ts'

/**
 * The storage contract as tests for node:test: what `store.ts` says, sentence by sentence. Every engine runs
 * it; `open` makes a new, empty store each time.
 */
export function storageContract(name: string, open: Opener): void {
  describe(`the storage contract, kept by ${name}`, () => {
    readTests(open)
    commitTests(open)
    listTests(open)
    scanTests(open)
    snapshotTests(open)
    durabilityTests(open)
  })
}
