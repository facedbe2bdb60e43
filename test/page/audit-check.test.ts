import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { startChain } from '../../src/audit/chain/chain.ts'
import { chainKeys, publicKeyPem } from '../../src/audit/chain/keys.ts'
import { noHash } from '../../src/audit/chain/line.ts'
import { verifyStreams } from '../../src/audit/chain/verify.ts'
import { entryOf } from '../../web/src/api/audit-entry.ts'
import { BadKey, checkFiles, readPublicKey } from '../../web/src/parts/audit/check-files.ts'
import { inOrder } from '../../web/src/parts/audit/in-order.ts'

const keys = chainKeys((purpose) => createHash('sha256').update(`test ${purpose}`).digest(), 'device')
const pem = publicKeyPem(keys.public)
let time = Date.UTC(2030, 0, 1)

function makeLog(writes: readonly number[]): string[] {
  const origin = { device: 'device', node: 'n1', process: '' }
  const { chain, first } = startChain(keys, 'segment', ++time, { prev: noHash, isNewFile: true }, origin)
  let text = first.toString()
  writes.forEach((size, i) => {
    const bodies = Array.from(
      { length: size },
      (_, n) => `{"time":"${new Date(++time).toISOString()}","type":"request","request":{"id":"ä${i}-${n}"}`,
    )
    text += i % 2 === 1 || i === writes.length - 1 ? chain.seal(bodies, ++time) : chain.link(bodies)
  })
  return text.split('\n').slice(0, -1)
}

const fileOf = (lines: readonly string[], name = 'audit.log') =>
  new File([lines.map((line) => `${line}\n`).join('')], name)

/** What the page finds, and what the server’s own code does. */
async function both(lines: readonly string[]) {
  const source = fileOf(lines)
  const bytes = Buffer.from(await source.arrayBuffer())
  const open = async function* () {
    yield bytes
  }
  return [
    await checkFiles([source], { publicKey: await readPublicKey(pem) }),
    await verifyStreams([{ name: source.name, open }], { publicKey: keys.public }),
  ] as const
}

const writes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 })

describe('the check of an audit log in the browser', () => {
  test('says of every log what the command line says, whole or damaged', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(), fc.nat(), fc.nat({ max: 5 }), async (sizes, a, b, kind) => {
        const lines = makeLog(sizes)
        const [i, j] = [a % lines.length, b % lines.length]
        const damaged = [...lines]
        if (kind === 1) damaged.splice(i, 1)
        if (kind === 2) damaged[i] = (damaged[i] ?? '').replace('2030', '2031')
        if (kind === 3) damaged.splice(j, 0, damaged[i] ?? '')
        if (kind === 4) damaged.splice(j, 0, '{"time":"x","type":"request"}')
        if (kind === 5) damaged.splice(j, 0, ...damaged.splice(i, 1))
        const [here, there] = await both(damaged)
        assert.deepEqual(here, there)
        if (kind === 0) assert.equal(here.ok, true)
        if (kind === 2) assert.equal(here.ok, false)
      }),
      { numRuns: 60 },
    )
  })

  test('tells how far it is, goes over several files, and can be stopped', async () => {
    const lines = makeLog([5, 5, 5, 5])
    const files = [fileOf(lines.slice(0, 9), 'audit.log.1'), fileOf(lines.slice(9), 'audit.log')]
    const publicKey = await readPublicKey(pem)
    const told: number[] = []
    const result = await checkFiles(files, { publicKey, progress: (done) => told.push(done) })
    assert.deepEqual([result.ok, result.lines], [true, lines.length])
    assert.equal(
      told.at(-1),
      files.reduce((sum, { size }) => sum + size, 0),
    )
    const signal = AbortSignal.abort(new Error('stopped'))
    await assert.rejects(checkFiles(files, { publicKey, signal }), /stopped/)
  })

  test('takes files in the order in which they were written, by their names', () => {
    const ordered = (...names: string[]) => inOrder(names.map((name) => ({ name }))).map(({ name }) => name)
    assert.deepEqual(ordered('audit.log', 'audit.log.1', 'audit.log.10', 'audit.log.2'), [
      'audit.log.10',
      'audit.log.2',
      'audit.log.1',
      'audit.log',
    ])
    assert.deepEqual(ordered('audit.log', 'audit.log-20300102', 'audit.log-20300101'), [
      'audit.log-20300101',
      'audit.log-20300102',
      'audit.log',
    ])
  })

  test('takes no signature of another key, and no key that is none', async () => {
    const other = publicKeyPem(generateKeyPairSync('ed25519').publicKey)
    const result = await checkFiles([fileOf(makeLog([2]))], { publicKey: await readPublicKey(other) })
    assert.deepEqual([...new Set(result.findings.map(({ kind }) => kind))], ['unknown_key'])
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    for (const text of ['', 'nonsense', pem.replace('BEGIN', 'END'), publicKeyPem(rsa)]) {
      await assert.rejects(readPublicKey(text), BadKey)
    }
  })
})

describe('a line of an audit log, on the page', () => {
  test('is read as far as it is one, whatever is in it', () => {
    const line = JSON.stringify({
      time: '2030-01-01T00:00:00.000Z',
      type: 'response',
      error: 'permission denied',
      auth: { display_name: 'jwt-alice', entity_id: 'a' },
      request: { operation: 'read', path: 'kv/a', remote_address: '192.0.2.1' },
    })
    const { text, ...entry } = entryOf(line, 7, 100)
    assert.deepEqual(entry, {
      offset: 7,
      bytes: 100,
      time: '2030-01-01T00:00:00.000Z',
      type: 'response',
      operation: 'read',
      path: 'kv/a',
      person: 'jwt-alice',
      entityId: 'a',
      address: '192.0.2.1',
      error: 'permission denied',
    })
    assert.deepEqual(JSON.parse(text), JSON.parse(line))
    for (const odd of ['nonsense', '[]', '{"auth":7,"request":[],"time":{}}', 'null']) {
      assert.deepEqual([entryOf(odd, 0, 0).time, entryOf(odd, 0, 0).path], ['', ''])
    }
    assert.equal(entryOf(null, 0, 1).text, '')
    const turned = entryOf(JSON.stringify({ request: { path: 'a\u202Eb' } }), 0, 1)
    assert.equal(turned.path, 'a\u202Eb')
    assert.match(turned.text, /"a\\u202eb"/)
    assert.deepEqual(JSON.parse(turned.text), { request: { path: 'a\u202Eb' } })
  })
})
