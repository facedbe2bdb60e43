import { describe } from 'node:test'
import { commitTests } from './contract/commits.ts'
import { durabilityTests } from './contract/durability.ts'
import type { Opener } from './contract/harness.ts'
import { listTests } from './contract/lists.ts'
import { readTests } from './contract/reads.ts'
import { scanTests } from './contract/scans.ts'
import { snapshotTests } from './contract/snapshots.ts'

export type { Opened, Opener } from './contract/harness.ts'

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
