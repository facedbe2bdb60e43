import type { Writable } from 'node:stream'
import { pino } from 'pino'
import { logText } from './log-text.ts'

/** Bytes that may wait for a reader. */
const patience = 1024 * 1024

/** Lines for people, or JSON. */
export type LogFormat = 'standard' | 'json'

/**
 * A logger that never waits for its reader: while more than a mebibyte waits to be read, lines are
 * dropped, and the next one that goes out says how many.
 *
 * @param base what every line has beside its text
 * @param stream such as `process.stderr`, which Node does not block on when it is a pipe
 */
export function createLog(
  stream: Writable,
  level = 'info',
  format: LogFormat = 'json',
  base: object | null = null,
): pino.Logger {
  let dropped = 0
  const shown = format === 'json' ? (line: string) => line : logText
  const write = (line: string): void => {
    if (stream.writableLength > patience) {
      dropped++
      return
    }
    if (dropped > 0)
      stream.write(
        shown(`${JSON.stringify({ level: 40, time: Date.now(), dropped, msg: 'lines were dropped' })}\n`),
      )
    dropped = 0
    stream.write(shown(line))
  }
  // Whoever read may be gone; that is no reason to stop.
  stream.on('error', () => {})
  return pino({ level, base }, { write })
}
