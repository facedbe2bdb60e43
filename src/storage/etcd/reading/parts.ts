import { maxOps } from '../messages/ops.ts'

/** What was found at an instant. */
type Instant<T> = { readonly revision: bigint; readonly found: readonly T[] }

/**
 * Reads as much at a time as a transaction takes, all from one instant: that of the first part.
 *
 * @param revision the instant; 0 for now, which the answer tells
 */
export async function inParts<W, T>(
  wanted: readonly W[],
  revision: bigint,
  read: (part: readonly W[], revision: bigint) => Promise<Instant<T>>,
): Promise<Instant<T>> {
  const first = await read(wanted.slice(0, maxOps), revision)
  if (wanted.length <= maxOps) return first
  const rest: Promise<Instant<T>>[] = []
  for (let at = maxOps; at < wanted.length; at += maxOps) {
    rest.push(read(wanted.slice(at, at + maxOps), first.revision))
  }
  const others = await Promise.all(rest)
  return { revision: first.revision, found: [first, ...others].flatMap(({ found }) => found) }
}
