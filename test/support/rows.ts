import { sweepDuty } from '../../src/core/duties/sweep.ts'
import type { Store } from '../../src/storage/store.ts'
import { createRecordCache } from '../../src/transaction/cache.ts'
import { type Ground, transact } from '../../src/transaction/transaction.ts'
import type { TestNode } from './node.ts'

/** All keys of what the server keeps; those of the cluster itself change by themselves. */
export async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = []
  for (let after: string | undefined; ; ) {
    const { rows, more } = await store.scan('ns/', { after, limit: 1000 })
    keys.push(...rows.map(({ key }) => key))
    after = rows.at(-1)?.key
    if (!more) return keys
  }
}

/** The store and the barrier of a running node, for what works beside its requests. */
export function groundOf({ node, store }: TestNode, wrapped: Store = store): Ground {
  return { store: wrapped, barrier: node.keeper.barrier(), cache: createRecordCache(1024 * 1024) }
}

/** One run of the sweep, as the process has it that holds the duty. @returns whether more is waiting */
export async function sweepOnce(server: TestNode, wrapped?: Store): Promise<boolean> {
  const ground = groundOf(server, wrapped)
  const result = await sweepDuty({ ground: () => ground, clock: server.clock }).run({
    epoch: 1,
    transact: (work) => transact(() => ground, work),
    fence: () => Promise.reject(new Error('the sweep commits nothing but transactions')),
    signal: new AbortController().signal,
  })
  return result === 'more'
}

/** Clears away what has ended, to the end. */
export async function sweepAll(server: TestNode): Promise<void> {
  while (await sweepOnce(server));
}

/** A store that counts what is asked of it: questions, and the names and rows that they were answered with. */
export function countingStore(store: Store): { store: Store; count: { asked: number; got: number } } {
  const count = { asked: 0, got: 0 }
  const note = <T>(got: number, answer: T): T => {
    count.asked++
    count.got += got
    return answer
  }
  const reader = (inner: Pick<Store, 'read' | 'list' | 'scan'>) => ({
    read: (...args: Parameters<Store['read']>) => note(args[0].length, inner.read(...args)),
    list: async (...args: Parameters<Store['list']>) => {
      const page = await inner.list(...args)
      return note(page.names.length, page)
    },
    scan: async (...args: Parameters<Store['scan']>) => {
      const page = await inner.scan(...args)
      return note(page.rows.length, page)
    },
  })
  const counted: Store = {
    ...store,
    ...reader(store),
    snapshot() {
      const snapshot = store.snapshot()
      return { ...reader(snapshot), release: () => snapshot.release() }
    },
  }
  return { store: counted, count }
}
