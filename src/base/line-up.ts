/**
 * Runs `work` one at a time. Whoever calls while it runs waits for the run after it, which sees what that
 * caller has seen; all who wait share it and what it answers.
 */
export function lineUp<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined
  const start = (): Promise<T> => {
    next = undefined
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (running === undefined) return start()
    next ??= running.then(start, start)
    return next
  }
}
