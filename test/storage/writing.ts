import type { StorageKey, Store, Version } from '../../src/storage/store.ts'
import { type Acknowledged, codeOf } from './messages.ts'

/**
 * Commits as fast as it can, each worker one after another. A commit puts the rows `left/NAME` and `right/NAME`,
 * which nobody else puts, and goes on from the worker's last one by expecting the version of its chain: one
 * that was applied twice, or was answered wrongly, breaks that.
 */
export function writeUntilTold(
  store: Store,
  process: string,
  workers: number,
  tell: (acknowledged: Acknowledged) => void,
): { stop(): Promise<void> } {
  let stopped = false
  const value = Buffer.alloc(300, 7)

  async function work(worker: number): Promise<void> {
    const chain = `chain/${process}/${worker}` as StorageKey
    let last: Version | null = null
    for (let count = 0; !stopped; count++) {
      const name = `${process}/${worker}/${count}`
      const put = [chain, `left/${name}` as StorageKey, `right/${name}` as StorageKey].map((key) => ({
        key,
        value,
      }))
      try {
        const result = await store.commit({ expect: [{ key: chain, version: last }], put })
        if (!result.ok) throw new Error(`${name} conflicts, and only one worker writes ${result.conflicts}`)
        last = result.version
        tell({ name, version: last })
      } catch (error) {
        tell({ name, failed: codeOf(error) })
        // Written or not, the chain says where it stands.
        const [row] = await store.read([chain])
        last = typeof row === 'object' ? row.version : null
      }
    }
  }

  const all = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  return {
    async stop() {
      stopped = true
      await all
    },
  }
}
