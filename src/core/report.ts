/** Tells the operator something, in the server's log; no text holds a secret. A warning if not said else. */
export type Report = (text: string, level?: 'info' | 'warn' | 'error') => void
