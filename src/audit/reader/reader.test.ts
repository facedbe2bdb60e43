import assert from 'node:assert/strict'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { CofferError } from '../../base/errors.ts'
import { logsOf, openLogFile } from './files.ts'
import type { LineFilter } from './filter.ts'
import { maxLineBytes } from './lines.ts'
import { readPage } from './page.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-reader-'))
after(() => rmSync(folder, { recursive: true }))

const start = Date.UTC(2030, 0, 1)
type Fields = {
  path?: string
  person?: string
  operation?: string
  error?: string
  pad?: number
  type?: string
}

const lineAt = (
  second: number,
  { path = 'kv/a', person = 'jwt-alice', operation = 'read', error, pad = 0, type = 'response' }: Fields = {},
) =>
  JSON.stringify({
    time: new Date(start + second * 1000).toISOString(),
    type,
    auth: { display_name: person, entity_id: `id-${person}` },
    request: { operation, path, data: { v: `hmac-sha256:${'x'.repeat(pad)}` } },
    ...(error === undefined ? {} : { error }),
  })

async function withLog<T>(
  text: string,
  work: (handle: Awaited<ReturnType<typeof openLogFile>>) => Promise<T>,
) {
  const file = join(folder, 'audit.log')
  writeFileSync(file, text)
  const handle = await openLogFile(file)
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}

/** All lines that a filter lets through, page by page, and how many pages they took. */
const allOf = (
  text: string,
  filter: LineFilter = {},
  limits: Parameters<typeof readPage>[3] = { lines: 3 },
) =>
  withLog(text, async (handle) => {
    const lines: (string | undefined)[] = []
    let pages = 0
    for (let end: number | undefined = Buffer.byteLength(text); end !== undefined; pages++) {
      const page = await readPage(handle, end, filter, limits)
      lines.push(...page.lines.map((line) => line.text))
      end = page.next
    }
    return { lines, pages }
  })

describe('the pages of a log', () => {
  test('have every line once, the newest first, wherever the pages and the pieces of the file end', async () => {
    const sizes = fc.array(fc.oneof(fc.nat({ max: 200 }), fc.constantFrom(60_000, 300_000)), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (all, most, isOpenEnded) => {
          const lines = all.map((pad, i) => lineAt(i, { pad }))
          const text = lines.map((line) => `${line}\n`).join('') + (isOpenEnded ? '{"time":"20' : '')
          const shown = lines.map((line) => (line.length > 64 * 1024 ? undefined : line)).reverse()
          assert.deepEqual((await allOf(text, {}, { lines: most })).lines, shown)
          assert.deepEqual((await allOf(text, {}, { lines: 100, looked: 1000 })).lines, shown)
          assert.deepEqual((await allOf(text, {}, { lines: 100, shown: 70_000 })).lines, shown)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('are filtered by time, person, path, operation, outcome, kind and text', async () => {
    const lines = [
      lineAt(0, { path: 'kv/b' }),
      lineAt(1, { person: 'userpass-Bob' }),
      lineAt(2, { operation: 'update', error: 'permission denied' }),
      lineAt(3, { pad: 5 }),
      lineAt(4, { type: 'request' }),
      '{"time":"2030-01-01T00:00:05.000Z","type":"checkpoint"}',
    ]
    const text = lines.map((line) => `${line}\n`).join('')
    const found = async (filter: LineFilter) =>
      (await allOf(text, filter)).lines.map((line) => lines.indexOf(line ?? ''))
    assert.deepEqual(await found({}), [5, 4, 3, 2, 1, 0])
    assert.deepEqual(await found({ path: 'v/b' }), [0])
    assert.deepEqual(await found({ person: 'bob' }), [1])
    assert.deepEqual(await found({ person: 'id-userpass-Bob' }), [1])
    assert.deepEqual(await found({ operation: 'update' }), [2])
    assert.deepEqual(await found({ outcome: 'failed' }), [2])
    assert.deepEqual(await found({ outcome: 'done', type: 'response' }), [3, 1, 0])
    assert.deepEqual(await found({ type: 'request' }), [4])
    assert.deepEqual(await found({ text: 'hmac-sha256:xxxxx' }), [3])
    assert.deepEqual(await found({ from: start + 2000, until: start + 3000 }), [3, 2])
  })

  test('stop where nothing older is asked for, and end where they may look no further', async () => {
    const old = Array.from({ length: 50 }, (_, i) => `${lineAt(i)}\n`).join('')
    const text = `${old}${lineAt(3600)}\n`
    await withLog(text, async (handle) => {
      const page = await readPage(handle, text.length, { from: start + 3600_000 }, { lines: 10 })
      assert.deepEqual([page.lines.length, page.next], [1, undefined])
      const none = await readPage(handle, text.length, { path: 'nowhere' }, { lines: 10, looked: 500 })
      assert.equal(none.lines.length, 0)
      assert.ok(none.next !== undefined && none.next > 0 && none.looked < 1000)
    })
  })

  test('tell of a line that is too long to look at, and go on behind it', async () => {
    const text = `${lineAt(0)}\n${lineAt(1, { pad: maxLineBytes })}\n${lineAt(2)}\n`
    assert.deepEqual((await allOf(text)).lines, [lineAt(2), undefined, lineAt(0)])
    assert.deepEqual((await allOf(text, { path: 'kv/a' })).lines, [lineAt(2), lineAt(0)])
  })

  test('pass by what is no JSON, and what is no object', async () => {
    const text = `{"time":"x"\n[]\n${lineAt(0)}\n`
    assert.deepEqual((await allOf(text, { path: 'kv' })).lines, [lineAt(0)])
    assert.equal((await allOf(text)).lines.length, 3)
  })
})

describe('the logs of a device', () => {
  test('are its file and those of further processes, and nothing else in the folder', async () => {
    const place = join(folder, 'logs')
    mkdirSync(place)
    for (const name of [
      'audit.log',
      'audit.p1.log',
      'audit.p12.log',
      'audit.log.1',
      'audit.px.log',
      'other.log',
    ]) {
      writeFileSync(join(place, name), `${lineAt(0)}\n`)
    }
    writeFileSync(join(place, 'audit.p2.log'), 'no log\n')
    symlinkSync(join(place, 'other.log'), join(place, 'audit.p3.log'))
    linkSync(join(place, 'other.log'), join(place, 'audit.p4.log'))
    const found = await logsOf(join(place, 'audit.log'))
    assert.deepEqual(
      found.map(({ process }) => process),
      ['', '1', '12'],
    )
  })

  test('are opened if they are regular files of one name that begin as logs do', async () => {
    const place = join(folder, 'open')
    mkdirSync(place)
    const at = (name: string) => join(place, name)
    writeFileSync(at('secret'), 'root:x:0:0\n')
    writeFileSync(at('real'), `${lineAt(0)}\n`)
    symlinkSync(at('real'), at('link'))
    mkdirSync(at('folder'))
    for (const [name, code] of [
      ['secret', 'invalid_request'],
      ['link', 'invalid_request'],
      ['folder', 'invalid_request'],
      ['none', 'not_found'],
    ] as const) {
      await assert.rejects(
        openLogFile(at(name)),
        (error) => error instanceof CofferError && error.code === code,
        name,
      )
    }
  })
})
