/** Of each item of a part, in order: why it did not work, or undefined. */
type Said = readonly (Error | undefined)[]

export type Failure = { readonly item: string; readonly error: Error }

/** What became of a work on many: everything is in exactly one of the three. */
export type Outcome = {
  readonly good: readonly string[]
  readonly bad: readonly Failure[]
  /** Not begun, after somebody stopped it or nothing could be asked any more. */
  readonly left: readonly string[]
}

/**
 * Works on many items part by part. A part that fails as a whole ends the work: what it was may be the server itself.
 *
 * @param step works on a part, and says of each item why it did not work
 * @param isStopped looked at before each part
 */
export async function inParts(
  items: readonly string[],
  size: number,
  step: (part: readonly string[]) => Promise<Said>,
  progress: (done: number) => void,
  isStopped: () => boolean,
): Promise<Outcome> {
  const good: string[] = []
  const bad: Failure[] = []
  let at = 0
  for (; at < items.length && !isStopped(); at += size) {
    const part = items.slice(at, at + size)
    try {
      const said = await step(part)
      for (const [index, item] of part.entries()) {
        const error = said[index]
        if (error === undefined) good.push(item)
        else bad.push({ item, error })
      }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      bad.push(...part.map((item) => ({ item, error })))
      at += size
      break
    }
    progress(Math.min(at + size, items.length))
  }
  return { good, bad, left: items.slice(at) }
}
