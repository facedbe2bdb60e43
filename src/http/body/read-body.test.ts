import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { readBody } from './read-body.ts'

/** A request as far as its body goes. */
function sending(headers: IncomingMessage['headers'] = {}) {
  const stream = new PassThrough()
  // What is read of a request is its stream and its headers.
  return { stream, request: Object.assign(stream, { headers }) as unknown as IncomingMessage }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))
const spare = () => ({ used: 0, total: 64 * 1024 * 1024 })

describe('a body', () => {
  test('is the same in however many pieces it comes, and costs nothing any more when it is read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 12 }), async (pieces) => {
        const { stream, request } = sending()
        const budget = spare()
        const body = readBody(request, 200_000, budget)
        for (const piece of pieces) stream.write(piece)
        stream.end()
        assert.deepEqual(await body, Buffer.concat(pieces))
        assert.equal(budget.used, 0)
      }),
      { numRuns: 50 },
    )
  })

  test('holds about its own size in memory, also when it comes byte by byte', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const held = () => {
      collect()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    const { stream, request } = sending()
    const budget = spare()
    const body = readBody(request, 1_000_000, budget)
    stream.write('x')
    const before = held()
    const size = 400_000
    for (let i = 1; i < size; i++) stream.write(Buffer.from('x'))
    const after = held()
    assert.ok(after - before < 8 * size, `${after - before} bytes for ${size}`)
    assert.ok(budget.used >= size && budget.used <= 2 * size, `${budget.used} bytes are charged`)
    stream.end()
    assert.equal((await body)?.length, size)
  })

  test('is refused beyond the limit and beyond the memory for all bodies, and gives its memory back', async () => {
    for (const [limit, total, code] of [
      [1000, 1_000_000, 'too_large'],
      [100_000, 5000, 'overloaded'],
    ] as const) {
      const { stream, request } = sending()
      const budget = { used: 0, total }
      const body = readBody(request, limit, budget)
      for (let i = 0; i < 60; i++) stream.write(Buffer.alloc(100))
      await assert.rejects(body, { code })
      assert.equal(budget.used, 0)
    }
  })

  test('holds nothing that is only announced, and no memory of the connection that is not charged', async () => {
    const { stream, request } = sending({ 'content-length': '1000000' })
    const budget = spare()
    const body = readBody(request, 1_000_000, budget)
    await turn()
    assert.equal(budget.used, 0)
    // A connection's bytes come as parts of pieces of 64 KiB, which must not be kept for a few bytes of them.
    const piece = Buffer.alloc(65_536, 'x')
    stream.write(piece.subarray(0, 10))
    await turn()
    assert.equal(budget.used, 4096)
    piece.fill('y')
    stream.end()
    const whole = await body
    assert.equal(whole?.toString(), 'x'.repeat(10))
    assert.ok((whole?.buffer.byteLength ?? 0) <= 4096)
    assert.equal(budget.used, 0)
  })

  test('counts a copy in the making, while both are there', async () => {
    for (const [total, code] of [
      [12_288, undefined],
      [12_287, 'overloaded'],
    ] as const) {
      const { stream, request } = sending()
      const body = readBody(request, 1_000_000, { used: 0, total })
      stream.write(Buffer.alloc(4096))
      stream.write(Buffer.alloc(1))
      stream.end()
      if (code === undefined) assert.equal((await body)?.length, 4097)
      else await assert.rejects(body, { code })
    }
  })
})
