import { CofferError } from '../../base/errors.ts'
import type { Store } from '../store.ts'

export type Mischief = 'none' | 'conflict' | 'delay' | 'lost answer'

/**
 * A store that is as difficult as a store may be: at each commit it does what `next` says. A conflict is
 * reported although nothing collided; a lost answer is an error although the commit has landed.
 */
export function chaosStore(store: Store, next: () => Mischief): Store {
  return {
    ...store,
    async commit(commit) {
      switch (next()) {
        case 'conflict':
          return { ok: false, conflicts: [commit.expect?.[0]?.key ?? ''] }
        case 'delay':
          await new Promise((resolve) => setImmediate(resolve))
          return store.commit(commit)
        case 'lost answer':
          await store.commit(commit)
          throw new CofferError('storage_failed', 'the answer of the store was lost')
        case 'none':
          return store.commit(commit)
      }
    },
  }
}
