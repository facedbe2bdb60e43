import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Commit, StorageKey, Version } from '../../store.ts'
import { createLayout } from '../layout.ts'
import { createVersions } from '../versions.ts'
import type { Upkeep } from './folders.ts'
import { createGroup } from './group.ts'
import { requestOf, type Unit, unitOf } from './unit.ts'

const layout = createLayout('p/')
const key = (text: string) => text as StorageKey
const plain: Upkeep = { needed: new Set(), emptied: [], revision: 0n, mark: [], unmark: [] }

const unit = (commit: Commit, upkeep: Partial<Upkeep> = {}): Unit =>
  unitOf(
    requestOf(commit, createVersions('lineage', 1n)),
    { ...plain, ...upkeep },
    { layout, storeRevision: 1n },
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
