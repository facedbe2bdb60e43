/** Runs something later, without keeping the process alive; the answer takes it back. */
export type Timer = (milliseconds: number, run: () => void) => () => void

export const realTimer: Timer = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds)
  timer.unref()
  return () => clearTimeout(timer)
}
