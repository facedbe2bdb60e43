import type { ApiRequest } from '../../backend/message.ts'

/** The level from which on the process logs. */
export type LogLevel = {
  read(): string
  /** @param level one of {@link logLevels} */
  set(level: string): void
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const

/** Requests that are being handled, and when they came, milliseconds since 1970. */
export type InFlight = {
  now(): IteratorObject<{ readonly request: ApiRequest; readonly since: number }>
}

/** What `sys` shows of the process that answers. */
export type ProcessServices = {
  readonly inFlight: InFlight
  /** Absent where there is no log. */
  readonly log: LogLevel | undefined
}
