import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../store.ts'
import { explain } from './explain.ts'
import { createConnection } from './reading/reader.ts'
import { createVersions } from './rows.ts'
import { connectReader } from './schema.ts'
import { openSqlite } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-damage-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const pageBytes = 4096
const kinds: Readonly<Record<number, string>> = {
  2: 'interior page of the index',
  5: 'interior page of the table',
  10: 'leaf of the index',
  13: 'leaf of the table',
}
const keys = Array.from({ length: 400 }, (_, i) => `f/${String(i).padStart(4, '0')}/${'abc'[i % 3]}`)
const folders = keys.map((key) => key.slice(2, 7))
const absent = ['a', 'f/0000/aa', 'f/0200', 'f/0399/z', 'z']

/** A store of several pages of each kind, as one file. */
async function wholeStore() {
  const path = join(folder, 'whole')
  const store = await openSqlite({ path })
  const rows = keys.map((key) => ({ key: key as StorageKey, value: Buffer.from(`value of ${key}`) }))
  // Out of order, as time writes them.
  await store.commit({ put: rows.filter((_, i) => i % 2 === 0) })
  await store.commit({ put: rows.filter((_, i) => i % 2 === 1) })
  await store.close()
  const db = new DatabaseSync(path)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const state = db.prepare('SELECT sequence, lineage FROM state').get()
  const roots = db.prepare('SELECT name, rootpage FROM sqlite_schema').all()
  db.close()
  const pageOf = (name: string) => Number(roots.find((root) => root.name === name)?.rootpage)
  return { image: readFileSync(path), lineage: String(state?.lineage), statePage: pageOf('state') }
}

const { image, lineage, statePage } = await wholeStore()
const versions = createVersions(lineage)

/** Asks everything of the store with these bytes. @returns what it was told that is not so, and how often it was refused */
function interrogate(bytes: Buffer): { lies: string[]; refusals: number } {
  const path = join(folder, 'damaged')
  writeFileSync(path, bytes)
  const lies: string[] = []
  let refusals = 0
  const ask = (question: () => string, truth: string): void => {
    try {
      const answer = question()
      if (answer !== truth) lies.push(`${answer} for ${truth}`)
    } catch (error) {
      refusals++
      const { code, message } = explain(error)
      if (code !== 'corrupt' && code !== 'storage_format') lies.push(`${code}: ${message}`)
    }
  }
  let db: DatabaseSync | undefined
  ask(() => {
    db = connectReader(path)
    const connection = createConnection(db, versions)
    if (connection.state()[0] !== 2) return 'another state'
    for (const key of [...keys.filter((_, i) => i % 4 === 0), ...absent]) {
      ask(
        () => {
          const row = connection.row(key as StorageKey, undefined)
          return typeof row === 'object' ? Buffer.from(row.value).toString() : String(row)
        },
        absent.includes(key) ? 'undefined' : `value of ${key}`,
      )
    }
    ask(
      () =>
        connection
          .rows('')
          .rows.map(({ key }) => key)
          .join(),
      keys.join(),
    )
    ask(() => connection.names('f/').names.join(), folders.join())
    ask(
      () => connection.names('f/', { after: '0100/', limit: 50 }).names.join(),
      folders.slice(101, 151).join(),
    )
    ask(() => connection.names('').names.join(), 'f/')
    return 'opened'
  }, 'opened')
  db?.close()
  return { lies, refusals }
}

/** The offsets of the pages of a kind, which their first byte tells, that have more than one cell. */
function pagesOf(kind: number): number[] {
  const all = Array.from({ length: image.length / pageBytes }, (_, page) => page * pageBytes)
  return all.filter((at) => image[at] === kind && image.readUInt16BE(at + 3) > 1)
}

function flipped(at: number, mask: number): Buffer {
  const bytes = Buffer.from(image)
  bytes[at] = (bytes[at] as number) ^ mask
  return bytes
}

/** How many cells a page has. Nothing beside it tells that entries are missing at its end; the full check does. */
const isCellCount = (within: number) => within === 3 || within === 4

describe('a damaged store', () => {
  test('is not what these tests begin with', () => {
    assert.deepEqual(interrogate(image), { lies: [], refusals: 0 })
  })

  for (const [kind, name] of Object.entries(kinds)) {
    test(`never answers wrong data, whichever byte changed in a ${name}`, () => {
      const [page] = pagesOf(Number(kind)) as [number]
      let refused = 0
      for (let within = 0; within < pageBytes; within += within < 24 ? 1 : 89) {
        if (isCellCount(within)) continue
        const { lies, refusals } = interrogate(flipped(page + within, within % 2 === 0 ? 0x80 : 0x03))
        assert.deepEqual(lies, [], `byte ${within}`)
        if (refusals > 0) refused++
      }
      // Some bytes lie between the cells, and mean nothing.
      assert.ok(refused > 8, `${refused}`)
    })
  }

  test('never answers wrong data when the row of its state changed', () => {
    const page = (statePage - 1) * pageBytes
    const used = image.subarray(page, page + pageBytes).lastIndexOf(lineage)
    let refused = 0
    for (let within = used - 16; within < used + 16; within++) {
      const { lies, refusals } = interrogate(flipped(page + within, 1))
      assert.deepEqual(lies, [])
      if (refusals > 0) refused++
    }
    assert.ok(refused > 8, `${refused}`)
  })

  test('never answers wrong data when the description of its tables changed', () => {
    const [from, to] = [image.indexOf('CREATE TABLE rows'), image.indexOf('CREATE TABLE state')].sort(
      (a, b) => a - b,
    )
    let refused = 0
    for (let at = from as number; at < (to as number); at += 5) {
      const { lies, refusals } = interrogate(flipped(at, 1))
      assert.deepEqual(lies, [], `byte ${at}`)
      if (refusals > 0) refused++
    }
    // Names of tables stand there twice, and of one of them nothing is asked.
    assert.ok(refused > 50, `${refused}`)
  })

  test('never answers wrong data when a page was lost or lies in the place of another', () => {
    const [first, second] = pagesOf(10) as [number, number]
    for (const damage of [
      Buffer.alloc(pageBytes),
      Buffer.alloc(pageBytes, 0xff),
      image.subarray(second, second + pageBytes),
      image.subarray(pagesOf(13).at(-1), (pagesOf(13).at(-1) as number) + pageBytes),
    ]) {
      const bytes = Buffer.from(image)
      damage.copy(bytes, first)
      const { lies, refusals } = interrogate(bytes)
      assert.deepEqual(lies, [])
      assert.ok(refusals > 0)
    }
  })

  test('is found by the full check, also where an entry is missing without a trace', async (t) => {
    for (const [i, damaged] of [
      flipped((pagesOf(13).at(-1) as number) + 4000, 1),
      flipped((pagesOf(10).at(-1) as number) + 4, 1),
    ].entries()) {
      const path = join(folder, `checked-${i}`)
      writeFileSync(path, damaged)
      const store = await openSqlite({ path })
      t.after(() => store.close())
      assert.notDeepEqual(await store.check(), [])
      // What is whole is answered as before, and what is not is refused, again and again.
      for (let times = 0; times < 2; times++) {
        const answers = keys.map(async (key) => (await store.read([key as StorageKey]))[0])
        const settled = await Promise.allSettled(answers)
        const refused = settled.filter((answer) => answer.status === 'rejected')
        assert.ok(refused.length < keys.length / 2 && settled.length === keys.length)
        assert.ok(refused.every(({ reason }) => isFailure(reason, 'corrupt')))
      }
    }
  })

  test('refuses to open and to commit when its state is damaged', async () => {
    const path = join(folder, 'state')
    const page = (statePage - 1) * pageBytes
    const at = page + image.subarray(page, page + pageBytes).lastIndexOf(lineage)
    writeFileSync(path, flipped(at, 1))
    await assert.rejects(openSqlite({ path }), (error) => isFailure(error, 'corrupt'))
  })
})
