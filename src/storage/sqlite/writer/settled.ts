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

type Landed = {
  /** Numbers of commits, in their order, with the sequences that they were given. */
  readonly commits: Map<number, number>
  /** The sequence of the last one. */
  last: number
}

/**
 * Processes that are remembered, as many as may be connected; of more, those go whose last commit is the
 * longest ago.
 */
export const maxProcesses = 256

export function createSettled(db: DatabaseSync): Settled {
  const upsert = db.prepare(
    `INSERT INTO settled (process, sequence, landed) VALUES (?, ?, ?)
     ON CONFLICT (process) DO UPDATE SET sequence = excluded.sequence, landed = excluded.landed`,
  )
  const remove = db.prepare('DELETE FROM settled WHERE process = ?')
  const processes = new Map<string, Landed>()
  for (const row of db.prepare('SELECT process, sequence, landed FROM settled').all()) {
    processes.set(String(row.process), {
      commits: unpack(row.landed as Uint8Array),
      last: Number(row.sequence),
    })
  }
  let noted: [process: string, number: number][] = []

  function forgetOldest(): void {
    const byAge = [...processes].sort(([, a], [, b]) => a.last - b.last)
    for (const [process] of byAge.slice(0, processes.size - maxProcesses)) {
      processes.delete(process)
      remove.run(process)
    }
  }

  return {
    find: (process, number) => processes.get(process)?.commits.get(number),
    note(process, number, sequence) {
      const landed = processes.get(process) ?? { commits: new Map<number, number>(), last: 0 }
      processes.set(process, landed)
      landed.commits.set(number, sequence)
      landed.last = sequence
      noted.push([process, number])
    },
    answered(process, oldest) {
      const commits = processes.get(process)?.commits
      if (commits === undefined) return
      for (const number of commits.keys()) {
        // Noted in the order of their numbers.
        if (number >= oldest) break
        commits.delete(number)
      }
    },
    write() {
      for (const process of new Set(noted.map(([name]) => name))) {
        const landed = processes.get(process)
        if (landed !== undefined) upsert.run(process, landed.last, pack(landed.commits))
      }
      if (processes.size > maxProcesses) forgetOldest()
    },
    kept(landed) {
      if (!landed) for (const [process, number] of noted) processes.get(process)?.commits.delete(number)
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
