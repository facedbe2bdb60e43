import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import type { Commit, StorageKey } from '../../store.ts'
import { connectWriter } from '../schema.ts'
import { createState } from '../state.ts'
import { createOwner, type Source } from './owner.ts'
import { createEncoder, type Encoded, split } from './protocol/codec.ts'
import type { Answers } from './protocol/messages.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-owner-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const key = (text: string) => text as StorageKey
const put = (name: string, text = 'x'): Commit => ({ put: [{ key: key(name), value: Buffer.from(text) }] })
const absent = (name: string): Commit => ({ expect: [{ key: key(name), version: null }], ...put(name) })
const never = () => assert.fail('it was not deposed')

/** A process that keeps what it was answered. */
function source(process: string): Source & { readonly answers: Answers[] } {
  const answers: Answers[] = []
  return { process, answers, answer: (answer) => answers.push(answer) }
}

function encoded(from: number, ...commits: Commit[]): Encoded[] {
  const encoder = createEncoder()
  for (const [i, commit] of commits.entries()) encoder.add(from + i, commit, Number)
  return split(encoder.take())
}

function database() {
  const path = join(folder, `s${++count}`)
  const db = connectWriter(path, undefined)
  const versions = () =>
    Object.fromEntries(
      db
        .prepare('SELECT key, version FROM rows ORDER BY key')
        .all()
        .map((row) => [row.key, row.version]),
    )
  return { path, db, versions }
}

describe('the owner of the writer', () => {
  test('does not apply a commit again that landed under an owner who died before it answered', () => {
    const { db, versions } = database()
    const commits = encoded(1, put('a'), absent('b'), put('a', 'y'))
    const first = createOwner(db, 'owner', never)
    first.submit({ process: 'guest', answer() {} }, commits, 1)
    first.close()
    const before = versions()
    const second = createOwner(db, 'next', never)
    const guest = source('guest')
    second.submit(guest, [...commits, ...encoded(4, put('c'))], 1)
    second.close()
    assert.deepEqual(guest.answers, [{ landed: [1, 1, 2, 2, 3, 3, 4, 4], conflicts: [], failed: [] }])
    assert.deepEqual(versions(), { ...before, c: 4 })
    db.close()
  })

  test('answers a commit that comes twice once as it landed, also within one transaction', () => {
    const { db, versions } = database()
    const owner = createOwner(db, 'owner', never)
    const guest = source('guest')
    const commits = encoded(1, absent('a'))
    owner.submit(guest, commits, 1)
    owner.submit(guest, commits, 1)
    owner.close()
    assert.deepEqual(guest.answers, [{ landed: [1, 1, 1, 1], conflicts: [], failed: [] }])
    assert.deepEqual(versions(), { a: 1 })
    db.close()
  })

  test('tells the commits of one process from those of another', () => {
    const { db, versions } = database()
    const owner = createOwner(db, 'owner', never)
    const [a, b] = [source('a'), source('b')]
    owner.submit(a, encoded(1, put('a')), 1)
    owner.submit(b, encoded(1, put('b')), 1)
    owner.close()
    assert.deepEqual(
      [a.answers[0]?.landed, b.answers[0]?.landed],
      [
        [1, 1],
        [1, 2],
      ],
    )
    assert.deepEqual(versions(), { a: 1, b: 2 })
    db.close()
  })

  test('lets no bad commit take others with it, and gives no number twice', () => {
    const { db, versions } = database()
    const owner = createOwner(db, 'owner', never)
    const guest = source('guest')
    const [first, bad, last] = encoded(1, put('a'), put('b'), put('c')) as [Encoded, Encoded, Encoded]
    owner.submit(guest, [first, { ...bad, bytes: bad.bytes.subarray(0, 24) }, last], 1)
    owner.close()
    const [answers] = guest.answers
    assert.deepEqual(
      [answers?.landed, answers?.failed],
      [[1, 2, 3, 3], [[2, 'storage_failed', 'the store failed']]],
    )
    // The number 1 went with the transaction that was rolled back.
    assert.deepEqual(versions(), { a: 2, c: 3 })
    db.close()
  })

  test('refuses all while another program holds the file, and applies none of it later', () => {
    const { path, db, versions } = database()
    const owner = createOwner(db, 'owner', never)
    const guest = source('guest')
    const alien = new DatabaseSync(path)
    alien.exec('BEGIN IMMEDIATE')
    owner.submit(guest, encoded(1, put('a'), put('b')), 1)
    owner.close()
    alien.close()
    owner.submit(guest, encoded(3, put('c')), 3)
    owner.close()
    assert.deepEqual(
      guest.answers.map(({ landed, failed }) => [landed, failed.map(([number, code]) => [number, code])]),
      [
        [
          [],
          [
            [1, 'storage_locked'],
            [2, 'storage_locked'],
          ],
        ],
        [[3, 1], []],
      ],
    )
    assert.deepEqual(versions(), { c: 1 })
    db.close()
  })

  test('stops writing when another one has begun its reign', () => {
    const { path, db, versions } = database()
    let deposed = 0
    const owner = createOwner(db, 'owner', () => deposed++)
    const guest = source('guest')
    owner.submit(guest, encoded(1, put('a')), 1)
    owner.close()
    const other = connectWriter(path, undefined)
    const state = createState(other)
    state.write({ ...state.read(), reign: owner.reign + 1 })
    owner.submit(guest, encoded(2, put('b')), 1)
    owner.close()
    assert.deepEqual(
      guest.answers.at(-1)?.failed.map(([number, code]) => [number, code]),
      [[2, 'storage_locked']],
    )
    assert.equal(deposed, 1)
    assert.deepEqual(versions(), { a: 1 })
    other.close()
    db.close()
  })
})
