import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Commit, StorageKey, Version } from '../../store.ts'
import { createLayout } from '../layout.ts'
import { maxOps, unwrittenSince } from '../messages/ops.ts'
import { createVersions } from '../versions.ts'
import type { Upkeep } from './folders.ts'
import { createGroup } from './group.ts'
import type { Standing } from './standing/standing.ts'
import { requestOf, type Unit, unitOf } from './unit.ts'

const layout = createLayout('p/')
const key = (text: string) => text as StorageKey
const plain: Upkeep = { needed: new Set(), emptied: [], revision: 0n, mark: [], unmark: [] }

const unit = (commit: Commit, upkeep: Partial<Upkeep> = {}, standing?: Standing): Unit =>
  unitOf(
    requestOf(commit, createVersions('lineage', 1n), layout),
    { ...plain, ...upkeep },
    { layout, storeRevision: 1n },
    standing,
  )
const puts = (...names: string[]): Commit => ({
  put: names.map((name) => ({ key: key(name), value: new Uint8Array(1) })),
})
const expects = (name: string): Commit => ({ expect: [{ key: key(name), version: null as Version | null }] })

/** Whether the second may go behind the first. */
function together(first: Unit, second: Unit): boolean {
  const group = createGroup()
  group.add(first)
  return group.fits(second)
}

describe('a group of commits', () => {
  it('takes one behind another that does not rely on what that writes, nor writes it', () => {
    assert.ok(together(unit(puts('a')), unit(puts('b'))))
    assert.ok(!together(unit(puts('a')), unit(puts('a'))))
    assert.ok(!together(unit(puts('a')), unit({ delete: [key('a')] })))
    assert.ok(!together(unit(puts('a')), unit(expects('a'))))
    assert.ok(together(unit(expects('a')), unit(puts('a'))), 'which comes after it')
    assert.ok(together(unit(expects('a')), unit(expects('a'))))
  })

  it('keeps apart one that needs a folder to be empty or to keep what it has, and one that writes there', () => {
    assert.ok(!together(unit(puts('a')), unit({ expectEmpty: [''] })))
    assert.ok(!together(unit(puts('f/a'), { mark: ['f/'] }), unit({ expectEmpty: ['f/'] })))
    const empties = unit({ delete: [key('f/a')] }, { emptied: [layout.children('f/')], unmark: ['f/'] })
    assert.ok(!together(unit(puts('f/b')), empties))
    assert.ok(!together(empties, unit(puts('f/b'), { needed: new Set([layout.marker('f/')]) })))
    assert.ok(together(unit(puts('g/b')), empties))
    const relies = unit({ delete: [key('f/a')] }, { needed: new Set([layout.row('f/b')]) })
    assert.ok(!together(unit({ delete: [key('f/b')] }), relies))
  })

  it('is one alone that rests on whole folders', () => {
    const wide = unit(puts('a'), {}, { single: [], together: [unwrittenSince(1n, 'p/x')] })
    assert.ok(!together(wide, unit(puts('b'))))
    assert.ok(!together(unit(puts('b')), wide))
  })

  it('is no larger with what it writes of removals', () => {
    const removal = (...names: string[]) => unit({ delete: names.map(key) })
    const folders = Array.from({ length: 100 }, (_, i) => `f${i}/x`)
    assert.deepEqual(removal('f/a', 'f/b').removed, new Set([layout.removed('f/')]))
    assert.equal(removal(...folders).ops, 101)

    const group = createGroup()
    group.add(unit(puts(...Array.from({ length: 100 }, (_, i) => `w/${i}`))))
    let units = 1
    for (const name of folders) {
      const next = removal(name)
      if (!group.fits(next)) break
      group.add(next)
      units++
    }
    assert.ok(group.removed.size > 5)
    // The slot and 100 rows, beside the units and the list of what is written of removals.
    assert.equal(101 + units + 1, maxOps)

    const many = createGroup()
    for (let at = 0; at < 4000 && many.removed.size < maxOps; at += 50) {
      const next = removal(...Array.from({ length: 50 }, (_, i) => `m${at + i}/x`))
      if (!many.fits(next)) break
      many.add(next)
    }
    assert.ok(many.removed.size > 90 && many.removed.size <= maxOps - 3, `${many.removed.size}`)
  })

  it('has no commit whose comparisons leave no room for what goes around it', () => {
    const emptied = Array.from({ length: 40 }, (_, i) => layout.children('d/'.repeat(i + 1)))
    const deep = (expected: number) => {
      const expect = Array.from({ length: expected }, (_, i) => expects(`e/${i}`).expect ?? []).flat()
      return unit({ expect, delete: [key(`${'d/'.repeat(40)}x`)] }, { emptied })
    }
    const most = deep(84)
    assert.equal(most.ops + 1 + most.removed.size, maxOps)
    assert.throws(() => deep(85), { code: 'storage_limit' })
  })

  it('is no larger than one request may be', () => {
    const large = (name: string) => unit({ put: [{ key: key(name), value: new Uint8Array(800_000) }] })
    assert.ok(!together(large('a'), large('b')))
    const wide = unit(puts(...Array.from({ length: 100 }, (_, i) => `w/${i}`)))
    const group = createGroup()
    group.add(wide)
    let count = 1
    while (group.fits(unit(puts(`n/${count}`)))) group.add(unit(puts(`n/${count++}`)))
    // 101 operations beside as many nested transactions, of 128 along the nesting.
    assert.equal(count, 27)
  })
})
