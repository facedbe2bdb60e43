import type { DatabaseSync } from 'node:sqlite'

/**
 * Which commits of other processes landed, written in the same transaction as they. When the owner dies
 * before it answers, they send all unanswered ones again, and the next owner knows from here which of them
 * it must not apply a second time.
 */
export type Settled = {
  /** The sequence of a commit that has landed already. */
  find(process: string, number: number): number | undefined
  note(process: string, number: number, sequence: number): void
  /** Forgets what a process has had answers for: all below `oldest`. */
  answered(process: string, oldest: number): void
  /** Writes what was noted since the last {@link kept}; within the transaction. */
  write(): void
  /** The transaction landed, or it did not. */
  kept(landed: boolean): void
}

/** Processes that are remembered; of more, those go whose last commit is the longest ago. */
const maxProcesses = 256

export function createSettled(db: DatabaseSync): Settled {
  const upsert = db.prepare(
    `INSERT INTO settled (process, sequence, landed) VALUES (?, ?, ?)
     ON CONFLICT (process) DO UPDATE SET sequence = excluded.sequence, landed = excluded.landed`,
  )
  const forgetOldest = db.prepare(
    'DELETE FROM settled WHERE process IN (SELECT process FROM settled ORDER BY sequence DESC LIMIT -1 OFFSET ?)',
  )
  const processes = new Map<string, Map<number, number>>()
  for (const row of db.prepare('SELECT process, landed FROM settled').all()) {
    processes.set(String(row.process), unpack(row.landed as Uint8Array))
  }
  let noted: [process: string, number: number][] = []

  return {
    find: (process, number) => processes.get(process)?.get(number),
    note(process, number, sequence) {
      let landed = processes.get(process)
      if (landed === undefined) {
        landed = new Map()
        processes.set(process, landed)
      }
      landed.set(number, sequence)
      noted.push([process, number])
    },
    answered(process, oldest) {
      const landed = processes.get(process)
      if (landed === undefined) return
      for (const number of landed.keys()) {
        // Noted in the order of their numbers.
        if (number >= oldest) break
        landed.delete(number)
      }
    },
    write() {
      for (const process of new Set(noted.map(([name]) => name))) {
        const landed = processes.get(process) as Map<number, number>
        upsert.run(process, Math.max(...landed.values()), pack(landed))
      }
      if (processes.size > maxProcesses) forgetOldest.run(maxProcesses)
    },
    kept(landed) {
      if (!landed) for (const [process, number] of noted) processes.get(process)?.delete(number)
      noted = []
    },
  }
}

const pack = (landed: ReadonlyMap<number, number>): Uint8Array =>
  new Uint8Array(Float64Array.from([...landed].flat()).buffer)

function unpack(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const landed = new Map<number, number>()
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    landed.set(view.getFloat64(at, true), view.getFloat64(at + 8, true))
  }
  return landed
}
