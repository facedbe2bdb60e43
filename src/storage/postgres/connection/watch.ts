import { CofferError } from '../../../base/errors.ts'
import type { State } from '../schema.ts'
import type { Connection } from './connection.ts'

/**
 * Looks out for a database that went back: one that was restored from an older backup, or whose standby took
 * over without the last commits. Everything that was answered before stands on what is gone.
 */
export type Watch = {
  readonly lineage: string
  /** The highest number of commits that an answer has shown so far; what is asked from now on has seen it. */
  mark(): number
  /**
   * Drops a connection whose server is behind, and throws what can be tried again: that server may be one that was
   * replaced and does not know it yet.
   *
   * @param before what {@link mark} was when the question was sent
   */
  saw(connection: Connection, sequence: number, before: number): void
  /**
   * Looks at the state on a new connection.
   *
   * @param before what {@link mark} was when it was asked for
   * @throws {@link Condemned} when the number went back, or it is another store
   */
  admit(state: State, before: number): void
  /** A commit of this process landed as that number. */
  landed(sequence: number): void
}

/** The database is not the one that it was; nothing of it is used any more. */
export class Condemned extends CofferError {
  constructor(text: string) {
    super('storage_failed', text)
  }
}

export const lostData =
  'the database lost data that it had confirmed: it was restored from an older backup, or a standby took over without the last writes'

export const otherStore = 'the database holds another store than before; check hosts and database'

export function createWatch(first: State, hint: string): Watch {
  let highest = first.sequence
  return {
    lineage: first.lineage,
    mark: () => highest,
    saw(connection, sequence, before) {
      if (!(sequence >= before)) {
        connection.drop()
        throw new Error('the server is behind another one')
      }
      highest = Math.max(highest, sequence)
    },
    admit({ sequence, lineage }, before) {
      if (lineage !== first.lineage) {
        throw new Condemned(`${otherStore}, or ${hint}`)
      }
      if (sequence < before) throw new Condemned(`${lostData}; ${hint}`)
      highest = Math.max(highest, sequence)
    },
    landed(sequence) {
      highest = Math.max(highest, sequence)
    },
  }
}
