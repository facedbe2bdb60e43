import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'

/**
 * A process that commits pairs of rows as fast as it can and says on standard output which are acknowledged,
 * until it is killed.
 */
const [path = '', round = '0'] = process.argv.slice(2)
const store = await openSqlite({ path })
const value = Buffer.alloc(300, 7)
let next = 0

async function work(): Promise<void> {
  for (;;) {
    const name = `${round}/${next++}`
    const put = [
      { key: `left/${name}` as StorageKey, value },
      { key: `right/${name}` as StorageKey, value },
    ]
    await store.commit({ put })
    process.stdout.write(`${name}\n`)
  }
}
await Promise.all(Array.from({ length: 32 }, work))
