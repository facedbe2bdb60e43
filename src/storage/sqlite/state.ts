import type { DatabaseSync } from 'node:sqlite'
import { damaged, type State, stateSum } from './rows.ts'

/** The row of the table `state`, as the writer reads and writes it. */
export type StoredState = {
  /** @throws corrupt when it is not what was written */
  read(): State
  write(state: State): void
}

export function createState(db: DatabaseSync): StoredState {
  const select = db.prepare('SELECT sequence, outside, reign, lineage, sum FROM state')
  const update = db.prepare('UPDATE state SET sequence = ?, outside = ?, reign = ?, lineage = ?, sum = ?')
  return {
    read() {
      // The columns have these types; what a damaged page makes of them fails the sum.
      const row = select.get() as (State & { readonly sum: number }) | undefined
      if (row === undefined || stateSum(row) !== row.sum) damaged()
      const { sequence, outside, reign, lineage } = row
      return { sequence, outside, reign, lineage }
    },
    write(state) {
      update.run(state.sequence, state.outside, state.reign, state.lineage, stateSum(state))
    },
  }
}
