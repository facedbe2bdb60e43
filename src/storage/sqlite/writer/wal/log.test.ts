import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { isFailure } from '../../../../base/errors.ts'
import type { StorageKey } from '../../../store.ts'
import { openSqlite } from '../../store.ts'
import { checkLog } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-log-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const commits = 12
const headerBytes = 32
const frameBytes = 24 + 4096

/** A store as a loss of power leaves it: the file, and a log that holds all commits. */
async function interrupted(): Promise<{ path: string; log: Buffer }> {
  const [running, path] = [join(folder, 'running'), join(folder, 'interrupted')]
  const store = await openSqlite({ path: running })
  for (let i = 0; i < commits; i++) {
    await store.commit({ put: [{ key: `k/${i}` as StorageKey, value: Buffer.alloc(100, i) }] })
  }
  copyFileSync(running, path)
  const log = readFileSync(`${running}-wal`)
  await store.close()
  return { path, log }
}

const { path: stopped, log } = await interrupted()
const frames = Array.from(
  { length: (log.length - headerBytes) / frameBytes },
  (_, i) => headerBytes + i * frameBytes,
)
const isCommit = (frame: number) => log.readUInt32BE(frame + 4) !== 0
/** Where the last transaction begins. */
const tail = (frames.findLast((frame) => isCommit(frame) && frame !== frames.at(-1)) as number) + frameBytes

let count = 0
/** The store with this log. */
function withLog(bytes: Uint8Array): string {
  const path = join(folder, `s${++count}`)
  copyFileSync(stopped, path)
  writeFileSync(`${path}-wal`, bytes)
  return path
}
function flipped(at: number): Buffer {
  const bytes = Buffer.from(log)
  bytes[at] = (bytes[at] as number) ^ 0x10
  return bytes
}
async function namesIn(path: string): Promise<number> {
  const store = await openSqlite({ path })
  const { names } = await store.list('k/')
  assert.deepEqual(await store.check(), [])
  await store.close()
  return names.length
}

describe('the write-ahead log', () => {
  test('is taken as it was left', async () => {
    assert.ok(frames.length > commits && isCommit(frames.at(-1) as number))
    assert.equal(await namesIn(withLog(log)), commits)
  })

  test('that is damaged before a later commit is refused, and stays as it is', async () => {
    const places = frames
      .filter((frame) => frame < tail)
      .flatMap((frame) => [frame + 1, frame + 9, frame + 17, frame + 900])
    for (const at of places) {
      const bytes = flipped(at)
      const path = withLog(bytes)
      assert.throws(
        () => checkLog(`${path}-wal`),
        (error) => isFailure(error, 'corrupt'),
        `byte ${at}`,
      )
    }
    const path = withLog(flipped(frames[3] as number))
    await assert.rejects(openSqlite({ path }), (error) => isFailure(error, 'corrupt'))
    // So that it can be looked into.
    assert.deepEqual(readFileSync(`${path}-wal`), flipped(frames[3] as number))
  })

  test('whose header is damaged is refused', () => {
    for (const at of [0, 9, 17, 25]) {
      const path = withLog(flipped(at))
      assert.throws(
        () => checkLog(`${path}-wal`),
        (error) => isFailure(error, 'corrupt'),
        `byte ${at}`,
      )
    }
  })

  test('that was cut off within its last transaction is taken up to there', async () => {
    for (const length of [tail, tail + 1, tail + frameBytes - 1, log.length - 1]) {
      assert.equal(await namesIn(withLog(log.subarray(0, length))), commits - 1)
    }
    // A part of the last transaction did not reach the disk, though what came behind it did.
    assert.equal(await namesIn(withLog(flipped(tail + 900))), commits - 1)
  })

  test('that was never written is taken', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(10), Buffer.alloc(headerBytes)]) {
      checkLog(`${withLog(bytes)}-wal`)
    }
    checkLog(join(folder, 'there is none'))
  })

  test('that was begun again is taken up to where the old one goes on', async () => {
    const path = join(folder, 'again')
    const store = await openSqlite({ path })
    const put = (name: string, bytes: number) =>
      store.commit({ put: [{ key: `k/${name}` as StorageKey, value: Buffer.alloc(bytes, 7) }] })
    // Beyond this the log is moved into the file, and used again from its start.
    for (let i = 0; i < 6; i++) await put(`large${i}`, 1024 * 1024)
    for (let i = 0; i < 5; i++) await put(`small${i}`, 100)
    const left = readFileSync(`${path}-wal`)
    const salts = (at: number) => left.subarray(at, at + 8).toString('hex')
    const marks = new Set<string>()
    for (let at = headerBytes; at < left.length; at += frameBytes) marks.add(salts(at + 8))
    assert.ok(marks.size > 1, 'the log was not begun again')
    checkLog(`${path}-wal`)
    await store.close()
  })
})
