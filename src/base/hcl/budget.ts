import { failAt, type Position, type Source } from './ast.ts'

/** Keeps a text from becoming more than its reader can bear. */
export type Budget = {
  /** Counts one key or value. */
  spend(at: Position): void
  /** Checks the nesting of an object or list that begins at `depth`. */
  enter(at: Position, depth: number): void
}

export function createBudget(
  source: Source,
  { nodes, depth: deepest }: { nodes: number; depth: number },
): Budget {
  let left = nodes
  return {
    spend(at) {
      if (--left < 0) failAt(source, at, `more than ${nodes} keys and values`)
    },
    enter(at, depth) {
      if (depth > deepest) failAt(source, at, `nested more than ${deepest} levels deep`)
    },
  }
}
