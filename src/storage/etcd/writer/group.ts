import { maxOps } from '../messages/ops.ts'
import { around, maxBytes, type Unit } from './unit.ts'

/** Commits that go in one request. Each stands or falls alone, as if they came one after the other. */
export type Group = {
  /** Whether one more has room, and neither relies on nor writes what those before it write. */
  fits(unit: Unit): boolean
  add(unit: Unit): void
  /** Keys that the request writes beside its commits. */
  readonly removed: ReadonlySet<string>
}

const maxUnits = 32

export function createGroup(): Group {
  const writes = new Set<string>()
  const removed = new Set<string>()
  let units = 0
  let ops = 0
  let bytes = 0
  let alone = false
  return {
    removed,
    fits(unit) {
      if (units === 0) return true
      if (alone || unit.alone || units === maxUnits) return false
      const marks = removed.union(unit.removed)
      const all = Math.max(ops, unit.ops, marks.size) + around(units + 1, marks)
      if (all > maxOps || bytes + unit.bytes > maxBytes) return false
      for (const key of unit.reads) if (writes.has(key)) return false
      for (const key of unit.writes) if (writes.has(key)) return false
      // What lies below begins with it.
      for (const below of unit.readsBelow) for (const key of writes) if (key.startsWith(below)) return false
      return true
    },
    add(unit) {
      units++
      ops = Math.max(ops, unit.ops)
      bytes += unit.bytes
      alone = unit.alone
      for (const key of unit.writes) writes.add(key)
      for (const key of unit.removed) removed.add(key)
    },
  }
}
