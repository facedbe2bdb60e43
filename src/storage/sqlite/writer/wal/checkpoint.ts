import type { DatabaseSync } from 'node:sqlite'

/**
 * Moves the write-ahead log into the file, so that it stays short. It is used again from its start once all of
 * it is moved and no reader stands in it.
 */
export type Checkpointer = {
  /** After a transaction. @param bytes about how much it wrote */
  wrote(bytes: number): void
  /** Moves all of it, as far as readers allow. */
  finish(): void
}

/** Bytes of log after which it is moved: some milliseconds of work, and the log stays in memory. */
const interval = 4 * 1024 * 1024
/** Pages of log (4 KiB each) after which waiting for readers to leave is worth stopping the writes. */
const patientPages = 16_384
/** Milliseconds of that wait. */
const wait = 20

export function createCheckpointer(db: DatabaseSync, waitOtherwise: number): Checkpointer {
  const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  passive.setReturnArrays(true)
  let bytes = 0

  function move(): void {
    bytes = 0
    const [, pages = 0] = passive.get() as unknown as [number, number]
    if (pages > patientPages) restart()
  }

  function restart(): void {
    db.exec(`PRAGMA busy_timeout=${wait}`)
    try {
      db.prepare('PRAGMA wal_checkpoint(RESTART)').get()
    } finally {
      db.exec(`PRAGMA busy_timeout=${waitOtherwise}`)
    }
  }

  return {
    wrote(more) {
      bytes += more
      if (bytes > interval) move()
    },
    finish: move,
  }
}
