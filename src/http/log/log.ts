/** Where the server writes what it noticed; pino's loggers fit. Never given a token, a path or a body. */
export type Log = {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

const nowhere = () => {}
export const silentLog: Log = { info: nowhere, warn: nowhere, error: nowhere }
