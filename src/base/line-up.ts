/**
 * Runs `work` one at a time. Whoever calls while it runs waits for the run after it, which sees what that
 * caller has seen; all who wait share it.
 */
export function lineUp(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = (): Promise<void> => {
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
