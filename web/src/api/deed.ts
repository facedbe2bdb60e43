import type { Who } from './who.ts'

/** What somebody did with one secret on one day, from one address. Times are RFC 3339. */
export type Deed = {
  /** The mount with a slash at its end, empty where it is gone; and the name of the secret below it. */
  readonly mount: string
  readonly name: string
  readonly operation: string
  readonly times: number
  readonly first: string
  readonly last: string
  readonly address: string
  readonly who: Who
  readonly way: 'opening' | 'locker' | undefined
  /** Whoever asks did it. */
  readonly isOwn: boolean
}

export type SpaceEvent = {
  readonly id: string
  readonly kind: string
  readonly time: string
  /** Undefined where the configuration of the server did it. */
  readonly by: Who | undefined
  /** Of an opening: why, until when and for what. */
  readonly reason: string
  readonly until: string
  readonly capabilities: readonly string[]
}
