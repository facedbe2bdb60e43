import type { StorageKey } from '../storage/store.ts'
import { type Ground, transact } from '../transaction/transaction.ts'
import { join, type Lasting, lastingKey, lastingOf, lastingRows, named } from './lasting.ts'
import type { SecretName } from './notes.ts'
import { dayIn, usageRows } from './record.ts'

/** A secret that is elsewhere now. */
export type Moved = { readonly from: SecretName; readonly to: SecretName }

type Parts = {
  readonly ground: Ground
  /** Rows that one commit may read and write. */
  readonly rowsPerCommit: number
  /** Of the secret as it was named, by day. */
  readonly keys: readonly StorageKey[]
  /** The digests that name it. */
  readonly from: string
  readonly to: string
  readonly name: SecretName
}

/**
 * Adds all that is kept of a secret to the lasting row of its new name, and removes it from the old one. What
 * was moved by a call whose answer was lost is not there any more, so a repeated call adds nothing twice.
 */
export async function moveUsage({ ground, rowsPerCommit, keys, from, to, name }: Parts): Promise<void> {
  if (from === to) return
  const [before, after] = [lastingKey(from), lastingKey(to)]
  for (let at = 0; at === 0 || at < keys.length; at += rowsPerCommit) {
    const some = keys.slice(at, at + rowsPerCommit)
    await transact(
      () => ground,
      async (tx) => {
        await tx.fetch([
          ...[before, after].map((key) => ({ kind: lastingRows, key })),
          ...some.map((key) => ({ kind: usageRows, key })),
        ])
        let sum: Lasting | undefined = await tx.get(lastingRows, before)
        if (sum !== undefined) tx.delete(before)
        for (const key of some) {
          const row = await tx.get(usageRows, key)
          if (row === undefined) continue
          sum = join(sum, lastingOf(dayIn(key), row))
          tx.delete(key)
        }
        if (sum === undefined) return
        const there = await tx.get(lastingRows, after)
        tx.put(lastingRows, after, named(there === undefined ? sum : join(sum, there), name))
      },
    )
  }
}
