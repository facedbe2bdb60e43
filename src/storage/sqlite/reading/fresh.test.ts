import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Commit, Listing, StorageKey, Version } from '../../store.ts'
import { createFresh, type Fresh } from './fresh.ts'

const key = (text: string) => text as StorageKey
const version = (sequence: number) => String(sequence) as Version
const put = (...names: string[]): Commit => ({
  put: names.map((name) => ({ key: key(name), value: new Uint8Array() })),
})
const listing = (...names: string[]): Listing => ({ names, more: false })

/** As the owner of reign 1, at commit 5, none of which came from outside, with a row and a list that are known. */
function asOwner(): Fresh {
  const fresh = createFresh()
  fresh.reigns(1)
  fresh.at([5, 0, 1])
  fresh.learn(key('f/a'), version(5))
  fresh.learnNames('f/', {}, listing('a'))
  fresh.learnNames('', {}, listing('f/'))
  return fresh
}

describe('what is known to be right', () => {
  test('stays while only the owner itself writes other rows', () => {
    const fresh = asOwner()
    fresh.sending(put('g/b'))
    fresh.at([6, 0, 1])
    assert.equal(fresh.version(key('f/a')), version(5))
    assert.deepEqual(fresh.names('f/', {}), listing('a'))
  })

  test('goes with every commit from outside', () => {
    const fresh = asOwner()
    fresh.at([6, 6, 1])
    assert.equal(fresh.version(key('f/a')), undefined)
    assert.equal(fresh.names('f/', {}), undefined)
  })

  test('goes with every commit while another process is the owner', () => {
    for (const own of [undefined, 1]) {
      const fresh = createFresh()
      fresh.reigns(own)
      fresh.at([5, 0, 2])
      fresh.learn(key('a'), version(5))
      fresh.at([5, 0, 2])
      assert.equal(fresh.version(key('a')), version(5))
      fresh.at([6, 0, 2])
      assert.equal(fresh.version(key('a')), undefined)
    }
  })

  test('goes when the owner changes, in either direction', () => {
    for (const next of [undefined, 2]) {
      const fresh = asOwner()
      fresh.reigns(next)
      assert.equal(fresh.version(key('f/a')), undefined)
      assert.equal(fresh.names('f/', {}), undefined)
    }
  })

  test('does not come in while a commit on it is under way, and is the new version afterwards', () => {
    const fresh = asOwner()
    const commit = put('f/a')
    fresh.sending(commit)
    assert.equal(fresh.version(key('f/a')), undefined)
    // Another read finds the old row, or the new one: which of them is the last is not known here.
    fresh.learn(key('f/a'), version(5))
    assert.equal(fresh.version(key('f/a')), undefined)
    fresh.landed(commit, 6, version(6))
    assert.equal(fresh.version(key('f/a')), version(6))
  })

  test('is a row again only when the last of several commits on it is answered', () => {
    const fresh = asOwner()
    const [first, second] = [put('f/a'), put('f/a')]
    fresh.sending(first)
    fresh.sending(second)
    fresh.landed(first, 6, version(6))
    assert.equal(fresh.version(key('f/a')), undefined)
    fresh.refused(second)
    assert.equal(fresh.version(key('f/a')), undefined)
    fresh.learn(key('f/a'), version(6))
    assert.equal(fresh.version(key('f/a')), version(6))
  })

  test('is not taken from an answer that is older than what was seen from outside', () => {
    const fresh = asOwner()
    const commit = put('f/a')
    fresh.sending(commit)
    // It landed as 6, and another process wrote over it as 7, before its answer came.
    fresh.at([7, 7, 1])
    fresh.landed(commit, 6, version(6))
    assert.equal(fresh.version(key('f/a')), undefined)
  })

  test('is not taken from an answer that another owner gave', () => {
    const fresh = createFresh()
    fresh.at([5, 0, 1])
    const commit = put('a')
    fresh.sending(commit)
    fresh.landed(commit, 6, version(6))
    assert.equal(fresh.version(key('a')), undefined)
  })

  test('of lists goes with keys that may appear or disappear below them, and only with those', () => {
    const over: Commit = { expect: [{ key: key('f/a'), version: version(5) }], ...put('f/a') }
    const cases: [Commit, boolean, boolean][] = [
      [put('f/b'), false, false],
      [put('f/a/b/c'), false, false],
      [{ delete: [key('f/a')] }, false, false],
      [put('g'), true, false],
      // A row that is put over one that must be there changes no list.
      [over, true, true],
      [{ ...over, delete: [key('f/a')] }, false, false],
      [{ expect: [{ key: key('f/a'), version: null }], ...put('f/a') }, false, false],
    ]
    for (const [commit, inFolder, inRoot] of cases) {
      const fresh = asOwner()
      fresh.sending(commit)
      assert.equal(fresh.names('f/', {}) !== undefined, inFolder, JSON.stringify(commit))
      assert.equal(fresh.names('', {}) !== undefined, inRoot, JSON.stringify(commit))
      // And none comes in before it is answered.
      fresh.learnNames('f/', { limit: 5 }, listing('a'))
      assert.equal(fresh.names('f/', { limit: 5 }) !== undefined, inFolder, JSON.stringify(commit))
      fresh.refused(commit)
      fresh.learnNames('f/', { limit: 5 }, listing('a'))
      assert.deepEqual(fresh.names('f/', { limit: 5 }), listing('a'))
    }
  })

  test('of lists is told apart by page', () => {
    const fresh = asOwner()
    fresh.learnNames('f/', { after: '1', limit: 2 }, listing('b'))
    assert.deepEqual(fresh.names('f/', { after: '1', limit: 2 }), listing('b'))
    assert.equal(fresh.names('f/', { after: '', limit: 21 }), undefined)
    assert.equal(fresh.names('f/', { after: '1' }), undefined)
    assert.deepEqual(fresh.names('f/', {}), listing('a'))
  })

  test('is bounded', () => {
    const fresh = asOwner()
    fresh.learnNames('long/', {}, listing(...Array.from({ length: 2001 }, (_, i) => `${i}`)))
    assert.equal(fresh.names('long/', {}), undefined)
    for (let i = 0; i < 3000; i++) fresh.learnNames(`p${i}/`, {}, listing('x'))
    assert.equal(fresh.names('f/', {}), undefined)
    for (let i = 0; i < 100_001; i++) fresh.learn(key(`k${i}`), null)
    assert.equal(fresh.version(key('f/a')), undefined)
  })

  test('survives a key that is none', () => {
    const fresh = asOwner()
    fresh.sending({ delete: [key('/'), key('/a'), key('')] })
    assert.deepEqual(fresh.names('f/', {}), listing('a'))
  })

  test('changes its epoch with whatever may change an answer', () => {
    const fresh = asOwner()
    const commit = put('g')
    const steps = [
      () => fresh.sending(commit),
      () => fresh.landed(commit, 6, version(6)),
      () => fresh.sending(commit),
      () => fresh.refused(commit),
      () => fresh.at([7, 7, 1]),
      () => fresh.reigns(undefined),
      () => fresh.clear(),
    ]
    for (const step of steps) {
      const before = fresh.epoch
      step()
      assert.notEqual(fresh.epoch, before)
    }
    const before = fresh.epoch
    fresh.at([8, 8, 2])
    fresh.learn(key('a'), null)
    const after = fresh.epoch
    fresh.at([8, 8, 2])
    assert.notEqual(before, after)
    assert.equal(fresh.epoch, after)
  })

  test('is never wrong, whatever order commits land in, are answered and are asked about', () => {
    const names = ['a', 'b', 'c'].map(key)
    const step = fc.oneof(
      fc.record({ kind: fc.constant('send' as const), key: fc.constantFrom(...names) }),
      fc.record({ kind: fc.constant('outside' as const), key: fc.constantFrom(...names) }),
      fc.record({ kind: fc.constantFrom('land' as const, 'answer' as const) }),
      fc.record({ kind: fc.constant('take over' as const) }),
      fc.record({ kind: fc.constant('read' as const), key: fc.constantFrom(...names) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const fresh = createFresh()
        const file = new Map<StorageKey, Version>()
        let [sequence, outside, reign] = [0, 0, 0]
        let owner = false
        /** Commits that were sent, and those of them that landed and were not answered. */
        const sent: { commit: Commit; key: StorageKey }[] = []
        const landed: { commit: Commit; sequence: number; key: StorageKey }[] = []
        for (const next of steps) {
          if (next.kind === 'send') {
            sent.push({ commit: put(next.key), key: next.key })
            fresh.sending(sent.at(-1)?.commit as Commit)
          }
          if (next.kind === 'outside') {
            file.set(next.key, version(++sequence))
            outside = sequence
          }
          if (next.kind === 'land' && sent.length > 0) {
            const { commit, key: name } = sent.shift() as (typeof sent)[0]
            file.set(name, version(++sequence))
            // To another owner this process is one from outside.
            if (!owner) outside = sequence
            landed.push({ commit, sequence, key: name })
          }
          if (next.kind === 'answer' && landed.length > 0) {
            const done = landed.shift() as (typeof landed)[0]
            fresh.landed(done.commit, done.sequence, version(done.sequence))
          }
          if (next.kind === 'take over') {
            owner = !owner
            reign++
            fresh.reigns(owner ? reign : undefined)
          }
          if (next.kind === 'read') {
            fresh.at([sequence, outside, reign])
            const truth = file.get(next.key) ?? null
            const known = fresh.version(next.key)
            assert.ok(known === undefined || known === truth, `${known} for ${truth}`)
            fresh.learn(next.key, truth)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
})
