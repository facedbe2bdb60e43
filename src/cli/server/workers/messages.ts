/** The primary to a new worker: what to run. All workers of one start run the same configuration. */
export type Start = {
  readonly start: {
    /** The text of the configuration file, as it was when the server started. */
    readonly configuration: string
    readonly worker: number
  }
}
/** The primary to a worker: end, when what is under way has been answered. */
export type Stop = { readonly stop: true }
/** A worker to the primary: it serves. */
export type Ready = { readonly ready: { readonly url: string } }
/** A worker to the primary: no process of this program can serve the store any more. */
export type Unusable = { readonly unusable: string }

const has = (message: unknown, name: string): boolean =>
  typeof message === 'object' && message !== null && name in message

// Only processes of this program and this start hold the channel, so a name tells what comes with it.
export const isStart = (message: unknown): message is Start => has(message, 'start')
export const isStop = (message: unknown): message is Stop => has(message, 'stop')
export const isReady = (message: unknown): message is Ready => has(message, 'ready')
export const isUnusable = (message: unknown): message is Unusable => has(message, 'unusable')
