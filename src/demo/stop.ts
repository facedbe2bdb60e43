/** Milliseconds in which several signals are one key press: npm hands on what the terminal also sends itself. */
const onePress = 500

/** Resolves when a signal asks the process to stop. One that comes later, during the stop, ends it at once. */
export function untilToldToStop(): Promise<void> {
  let first: number | undefined
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        first ??= performance.now()
        if (performance.now() - first > onePress) process.exit(1)
        resolve()
      })
    }
  })
}
