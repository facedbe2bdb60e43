import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { startChain } from './chain.ts'
import { chainKeys } from './keys.ts'
import { lineHash, noHash } from './line.ts'
import { inspectTail } from './tail.ts'
import { type FindingKind, type Verification, type VerifyOptions, verifyLogs } from './verify.ts'

const derive = (purpose: string) => createHash('sha256').update(`test ${purpose}`).digest()
const keys = chainKeys(derive, 'device')
const origin = { device: 'device', node: 'n1', process: '' }
const folder = mkdtempSync(join(tmpdir(), 'coffer-verify-'))
after(() => rmSync(folder, { recursive: true }))

let time = Date.UTC(2030, 0, 1)
const body = (n: number) =>
  `{"time":"${new Date(++time).toISOString()}","type":"request","request":{"id":"${n}"}`

/** A log of writes of the given sizes, each second of them followed by a checkpoint, with one at the end. */
function makeLog(writes: readonly number[], prev = noHash, segment = 'segment-1') {
  const { chain, first } = startChain(keys, segment, ++time, { prev, isNewFile: true }, origin)
  let text = first.toString()
  let n = 0
  writes.forEach((size, i) => {
    const bodies = Array.from({ length: size }, () => body(n++))
    const isSealed = i % 2 === 1 || i === writes.length - 1
    text += isSealed ? chain.seal(bodies, ++time) : chain.link(bodies)
  })
  return { text, lines: text.split('\n').slice(0, -1), chain }
}

async function verify(
  lines: readonly string[] | string,
  options: Partial<VerifyOptions> = {},
): Promise<Verification> {
  const text = typeof lines === 'string' ? lines : lines.map((line) => `${line}\n`).join('')
  return verifyTexts([text], options)
}

async function verifyTexts(texts: readonly string[], options: Partial<VerifyOptions> = {}) {
  const files = texts.map((text, i) => {
    const file = join(folder, `log-${i}`)
    writeFileSync(file, text)
    return file
  })
  return verifyLogs(files, { publicKey: keys.public, ...options })
}

const kinds = ({ findings }: Verification): FindingKind[] => findings.map(({ kind }) => kind)
const writes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 })

/** A whole log, and two places in it. */
const damage = fc.tuple(writes, fc.nat(), fc.nat()).map(([sizes, a, b]) => {
  const log = makeLog(sizes)
  return { ...log, i: a % log.lines.length, j: b % log.lines.length }
})

describe('verifying a log with the public key alone', () => {
  it('passes a part of a log from whichever line on, says what comes before, and finds what was changed', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, i, j }) => {
        const part = lines.slice(i)
        const result = await verify(part, { isPart: true })
        assert.deepEqual([result.ok, result.lines], [true, part.length])
        if (i > 0) assert.equal(result.continues?.seq, i - 1)
        const at = j % part.length
        const changed = part.map((line, n) => (n === at ? line.replace('2030', '2031') : line))
        assert.equal((await verify(changed, { isPart: true })).ok, false)
      }),
    )
  })

  it('passes a log as it was written and says what it holds', async () => {
    const { lines, chain } = makeLog([2, 3, 1])
    const result = await verify(lines, { head: chain.head })
    assert.deepEqual(result.findings, [])
    assert.equal(result.ok, true)
    assert.equal(result.lines, 1 + 6 + 2)
    assert.equal(result.signatures, 3)
    assert.equal(result.unsigned, 0)
    assert.equal(result.continues, undefined)
    assert.deepEqual(result.head, chain.head)
    assert.deepEqual(
      result.segments.map(({ segment, line, start }) => ({ segment, line, start })),
      [{ segment: 'segment-1', line: 1, start: origin }],
    )
  })

  it('finds any removed line', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, i, chain }) => {
        const result = await verify(lines.toSpliced(i, 1), { head: chain.head })
        assert.equal(result.ok, false)
        if (i > 0 && i < lines.length - 1) {
          assert.equal(result.findings[0]?.kind, 'removed')
          assert.equal(result.findings[0]?.line, i + 1)
        }
      }),
    )
  })

  it('finds any run of removed lines', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, i, j, chain }) => {
        const from = Math.min(i, j)
        const result = await verify(lines.toSpliced(from, Math.max(i, j) - from + 1), { head: chain.head })
        assert.equal(result.ok, false)
      }),
    )
  })

  it('finds any changed character and names the line', async () => {
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(), fc.nat({ max: 255 }), async ({ lines, i, chain }, at, code) => {
        const line = lines[i] as string
        const k = at % line.length
        const character = String.fromCharCode(code)
        fc.pre(character !== line[k] && character !== '\n')
        const changed = line.slice(0, k) + character + line.slice(k + 1)
        const result = await verify(lines.toSpliced(i, 1, changed), { head: chain.head })
        assert.equal(result.ok, false)
        assert.ok(
          result.findings.some(({ line, kind }) => kind === 'cut_off' || Math.abs(line - (i + 1)) <= 1),
          JSON.stringify(result.findings),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('takes no other spelling of the last signature', async () => {
    const { lines } = makeLog([1])
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const respelt = (lines.at(-1) ?? '').replace(
      /(.)=="/,
      (_, digit) => `${digits[digits.indexOf(digit) + 1]}=="`,
    )
    assert.notEqual(respelt, lines.at(-1))
    assert.deepEqual(kinds(await verify(lines.with(-1, respelt))), ['recomputed'])
  })

  it('finds lines that changed places', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, i, j, chain }) => {
        fc.pre(i !== j)
        const swapped = lines.with(i, lines[j] as string).with(j, lines[i] as string)
        assert.equal((await verify(swapped, { head: chain.head })).ok, false)
      }),
    )
  })

  it('calls a moved line moved', async () => {
    const { lines } = makeLog([6])
    const result = await verify(lines.with(2, lines[3] as string).with(3, lines[2] as string))
    assert.deepEqual(
      result.findings.map(({ kind, line }) => [kind, line]),
      [
        ['removed', 3],
        ['reordered', 4],
        ['removed', 5],
      ],
    )
  })

  it('finds any copied line, wherever the copy stands, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, i, j, chain }) => {
        fc.pre(j >= i)
        const result = await verify(lines.toSpliced(j + 1, 0, lines[i] as string), { head: chain.head })
        assert.deepEqual(kinds(result), ['duplicated'])
        assert.equal(result.findings[0]?.line, j + 2)
      }),
    )
  })

  it('finds any line put in, linked or not', async () => {
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async ({ lines, i, chain }, isLinked) => {
        const before = lines[i] as string
        const seq = i + 1
        const forged = isLinked
          ? `{"time":"x","chain":{"seq":${seq},"prev":"${lineHash(before)}"}}`
          : '{"time":"2030-01-01T00:00:00Z","type":"request"}'
        const result = await verify(lines.toSpliced(i + 1, 0, forged), { head: chain.head })
        if (i === lines.length - 1 && isLinked) assert.equal(result.unsigned, 1)
        else {
          assert.equal(result.findings[0]?.kind, 'inserted')
          assert.equal(result.ok, false)
        }
      }),
    )
  })

  it('finds a change even when all links after it were computed anew', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ lines, i, chain }) => {
        fc.pre(!(lines[i] as string).includes('"sig"'))
        const forged = [...lines]
        forged[i] = (lines[i] as string).replace('"type":"request"', '"type":"forged!"')
        for (let n = i + 1; n < forged.length; n++) {
          forged[n] = (forged[n] as string).replace(
            /"prev":"[0-9a-f]{64}"/,
            `"prev":"${lineHash(forged[n - 1] as string)}"`,
          )
        }
        const result = await verify(forged, { head: chain.head })
        const checkpoint = lines.findIndex((line, n) => n > i && line.includes('"sig"'))
        assert.deepEqual([result.findings[0]?.kind, result.findings[0]?.line], ['recomputed', checkpoint + 1])
      }),
    )
  })

  it('finds a log made with another key', async () => {
    const other = generateKeyPairSync('ed25519').publicKey
    assert.deepEqual(
      new Set(kinds(await verify(makeLog([2]).lines, { publicKey: other }))),
      new Set(['unknown_key']),
    )
  })

  it('finds a cut anywhere, given a head', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(), async (sizes, at) => {
        const { text, chain } = makeLog(sizes)
        const end = at % (text.length - 1)
        const result = await verify(text.slice(0, end), { head: chain.head })
        assert.ok(kinds(result).includes('cut_off'))
      }),
    )
  })

  it('tells how many lines at the end no signature covers', async () => {
    const { lines, chain } = makeLog([2])
    const more = chain
      .link([body(7), body(8)])
      .toString()
      .split('\n')
      .slice(0, -1)
    const result = await verify([...lines, ...more], { head: chain.head })
    assert.equal(result.ok, true)
    assert.equal(result.unsigned, 2)
  })

  it('finds an unfinished last line', async () => {
    const { text } = makeLog([3])
    assert.deepEqual(kinds(await verify(text.slice(0, -10))), ['unfinished'])
  })

  it('takes an empty log for no log', async () => {
    assert.equal((await verify('')).ok, true)
    assert.deepEqual(kinds(await verify('hello\n')), ['removed'])
  })

  it('lists a bounded number of findings and counts the rest', async () => {
    const { lines } = makeLog([1])
    const result = await verify([...lines, ...Array.from({ length: 3000 }, (_, i) => `noise ${i}`)])
    assert.equal(result.findings.length, 1000)
    assert.equal(result.more, 2000)
  })
})

describe('lines behind the last signature', () => {
  it('are confirmed by the key that only the server has', async () => {
    const { lines, chain } = makeLog([1])
    const more = chain
      .link([body(1), body(2)])
      .toString()
      .split('\n')
      .slice(0, -1)
    const good = await verify([...lines, ...more], { macKey: keys.mac })
    assert.equal(good.ok, true)
    const first = (more[0] as string).replace('"type":"request"', '"type":"forged!"')
    const second = (more[1] as string).replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${lineHash(first)}"`)
    const forged = [...lines, first, second]
    assert.equal((await verify(forged)).ok, true)
    assert.deepEqual(kinds(await verify(forged, { macKey: keys.mac })), ['recomputed'])
  })
})

/** What the server does when it opens a file that already holds something. */
async function openAgain(text: string, segment: string, recorded?: Parameters<typeof inspectTail>[2]) {
  const bytes = Buffer.from(text)
  const source = { size: bytes.length, read: async (from: number) => bytes.subarray(from) }
  const ground = await inspectTail(source, keys, recorded)
  const { found, isOpenEnded } = ground
  const { chain, first } = startChain(keys, segment, ++time, ground, { ...origin, ...found })
  return { found, chain, text: text + (isOpenEnded ? '\n' : '') + first }
}

describe('a log after a restart', () => {
  it('goes on in a new segment that names the last line', async () => {
    const first = makeLog([2, 1])
    const { found, text, chain } = await openAgain(first.text, 'segment-2', first.chain.head)
    assert.deepEqual(found, { after: { segment: 'segment-1', seq: first.chain.length - 1 } })
    const result = await verify(text, { head: chain.head })
    assert.deepEqual(result.findings, [])
    assert.deepEqual(
      result.segments.map(({ segment }) => segment),
      ['segment-1', 'segment-2'],
    )
  })

  it('accepts a torn last line wherever it was torn, and names it', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(), async (sizes, at) => {
        const whole = makeLog(sizes)
        const start = (whole.lines[0] as string).length + 1
        const text = whole.text.slice(0, start + (at % (whole.text.length - start + 1)))
        const end = text.lastIndexOf('\n') + 1
        const rest = text.length - end
        const isWhole = rest > 0 && whole.text[text.length] === '\n'
        const again = await openAgain(text, 'segment-2')
        assert.equal(again.found.changed, undefined)
        assert.deepEqual(again.found.torn, rest === 0 || isWhole ? undefined : [rest])
        const result = await verify(again.text, { head: again.chain.head })
        assert.deepEqual(result.findings, [])
        assert.deepEqual(
          result.torn.map(({ bytes }) => bytes),
          rest === 0 || isWhole ? [] : [rest],
        )
      }),
    )
  })

  it('accepts several torn lines in a row', async () => {
    const whole = makeLog([3])
    const again = await openAgain(`${whole.text}{"time\n\n{"time":"2030`, 'segment-2')
    assert.deepEqual(again.found.torn, [6, 0, 13])
    assert.equal(again.found.changed, undefined)
    const result = await verify(again.text)
    assert.deepEqual(result.findings, [])
    assert.equal(result.torn.length, 3)
  })

  it('does not take a whole line without a link for a torn one', async () => {
    const whole = makeLog([3])
    for (const end of ['{"time":"x"}\n', '{"time":"x"}', 'noise\n', 'noise']) {
      const again = await openAgain(whole.text + end, 'segment-2')
      assert.equal(again.found.changed, true)
      assert.equal(again.found.torn, undefined)
      assert.deepEqual(kinds(await verify(again.text)), ['inserted', 'reported'])
    }
  })

  it('finds a changed or removed torn line', async () => {
    const whole = makeLog([3])
    const again = await openAgain(whole.text.slice(0, -10), 'segment-2')
    const lines = again.text.split('\n').slice(0, -1)
    assert.ok(kinds(await verify(lines.toSpliced(-2, 1))).includes('changed'))
    assert.ok(kinds(await verify(lines.with(-2, 'short'))).includes('changed'))
  })

  it('says when the lines since the last signature were changed meanwhile', async () => {
    const whole = makeLog([1])
    const tail = whole.chain.link([body(1), body(2)]).toString()
    const first = tail.slice(0, tail.indexOf('\n')).replace('"type":"request"', '"type":"forged!"')
    const second = tail
      .slice(tail.indexOf('\n') + 1)
      .replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${lineHash(first)}"`)
    const again = await openAgain(`${whole.text}${first}\n${second}`, 'segment-2')
    assert.equal(again.found.changed, true)
    assert.deepEqual(kinds(await verify(again.text)), ['reported'])
    const last = whole.lines.at(-1) ?? ''
    const resigned = `${whole.lines.slice(0, -1).join('\n')}\n${last.replace('checkpoint', 'checkp0int')}\n`
    assert.equal((await openAgain(resigned, 'segment-2')).found.changed, true)
    const honest = await openAgain(whole.text + tail, 'segment-2')
    assert.equal(honest.found.changed, undefined)
    assert.equal(honest.found.unconfirmed, undefined)
  })

  it('counts the lines of an interrupted write', async () => {
    const whole = makeLog([1])
    const lines = whole.chain
      .link([body(1), body(2), body(3)])
      .toString()
      .split('\n')
    const again = await openAgain(`${whole.text}${lines[0]}\n${lines[1]}\n{"tim`, 'segment-2')
    assert.equal(again.found.unconfirmed, 2)
    assert.deepEqual(again.found.torn, [5])
    assert.deepEqual((await verify(again.text)).findings, [])
  })

  it('says when the recorded end is missing', async () => {
    const whole = makeLog([2, 2, 2])
    const cut = `${whole.lines.slice(0, 4).join('\n')}\n`
    const again = await openAgain(cut, 'segment-2', whole.chain.head)
    assert.deepEqual(again.found.lost, { segment: 'segment-1', seq: whole.chain.length - 1 })
    assert.deepEqual(kinds(await verify(again.text)), ['reported'])
    const inSecond = await openAgain(whole.text, 'segment-2', whole.chain.head)
    const back = await openAgain(whole.text, 'segment-3', inSecond.chain.head)
    assert.deepEqual(back.found.lost, { segment: 'segment-2', seq: 0 })
  })

  it('does not miss an end that was written after the last recorded head', async () => {
    const first = makeLog([2])
    const head = first.chain.head
    const more = first.text + first.chain.seal([body(5)], ++time)
    assert.equal((await openAgain(more, 'segment-2', head)).found.lost, undefined)
    const second = await openAgain(more, 'segment-2', head)
    assert.equal((await openAgain(second.text, 'segment-3', head)).found.lost, undefined)
  })

  it('continues on another server’s log without a chain', async () => {
    const foreign = '{"time":"2020-01-01T00:00:00Z","type":"request"}\n'.repeat(5)
    const again = await openAgain(foreign, 'segment-1')
    assert.deepEqual(again.found, {})
    const result = await verify(again.text)
    assert.deepEqual(result.findings, [])
    assert.equal(result.unchained, 5)
    const lines = again.text.split('\n').slice(0, -1)
    assert.equal((await verify(lines.with(4, '{"time":"2021"}'))).ok, false)
  })

  it('names the recorded head in an empty file', async () => {
    const first = makeLog([2])
    const again = await openAgain('', 'segment-2', first.chain.head)
    assert.deepEqual(again.found, { after: { segment: 'segment-1', seq: first.chain.head.seq } })
    const alone = await verify(again.text)
    assert.deepEqual(alone.findings, [])
    assert.deepEqual(alone.continues, { segment: 'segment-1', seq: first.chain.head.seq })
    const unrecorded = first.chain.link([body(9)]).toString()
    assert.deepEqual((await verifyTexts([first.text, again.text])).findings, [])
    const all = await verifyTexts([first.text + unrecorded, again.text + again.chain.link([body(3)])])
    assert.deepEqual([all.findings, all.unsigned], [[], 2], 'the last line of each file has no signature')
    const shorter = `${first.lines.slice(0, -1).join('\n')}\n`
    assert.deepEqual(kinds(await verifyTexts([shorter, again.text])), ['removed'])
  })
})

describe('a log in several files', () => {
  it('is one chain over all of them, and each passes by itself', async () => {
    const { text, chain } = makeLog([2, 2])
    const second = `${chain.open(++time)}${chain.link([body(1)])}${chain.seal([], ++time)}`
    const both = await verifyTexts([text, second], { head: chain.head })
    assert.deepEqual(both.findings, [])
    const alone = await verifyTexts([second], { head: chain.head })
    assert.deepEqual(alone.findings, [])
    assert.deepEqual(alone.continues, { segment: 'segment-1', seq: 5 })
  })

  it('misses a file that is missing in between', async () => {
    const { text, chain } = makeLog([2, 2])
    chain.seal([body(1)], ++time)
    const third = chain.open(++time).toString()
    const result = await verifyTexts([text, third])
    assert.deepEqual(kinds(result), ['removed'])
    assert.match(result.findings[0]?.file ?? '', /log-1$/)
    assert.equal(result.findings[0]?.line, 1)
  })

  it('finds a file whose beginning was cut off, even before a signed line', async () => {
    const { lines, text } = makeLog([4, 1, 1])
    for (let i = 1; i < lines.length; i++) assert.deepEqual(kinds(await verify(lines.slice(i))), ['removed'])
    const again = await openAgain(text, 'segment-2')
    assert.deepEqual(kinds(await verify(again.text.slice(text.length))), ['removed'])
  })
})
