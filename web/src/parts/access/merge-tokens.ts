import type { Holder } from '../../api/access.ts'

/** Tokens are counted anew on each page: those with the same policies are one. */
export function mergeTokens(holders: readonly Holder[]): Holder[] {
  const merged = new Map<string, Holder>()
  const others: Holder[] = []
  for (const holder of holders) {
    if (holder.kind !== 'token') {
      others.push(holder)
      continue
    }
    const key = JSON.stringify(holder.policies)
    const before = merged.get(key)
    merged.set(key, before === undefined ? holder : { ...before, count: before.count + holder.count })
  }
  return [...others, ...merged.values()]
}
