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

/** Requests as they are shown, by their ids. */
export type ShownRequests = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What `sys` shows of the process that answers. */
export type ProcessServices = {
  readonly inFlight: InFlight
  /** Those of the other workers of this node; absent where one process is all of it. */
  readonly inFlightElsewhere?: (() => Promise<readonly ShownRequests[]>) | undefined
  /** Absent where there is no log. */
  readonly log: LogLevel | undefined
}
