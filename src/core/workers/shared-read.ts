/**
 * Runs one read at a time. All who ask while one is running share the next, so that each gets what was read after it
 * had asked.
 */
export function createSharedRead<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | undefined
  return () => {
    next ??= running.then(() => {
      next = undefined
      const mine = read()
      running = mine.catch(() => undefined)
      return mine
    })
    return next
  }
}
