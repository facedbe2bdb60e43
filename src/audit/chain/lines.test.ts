import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createLines } from './lines.ts'

const megabytes = (count: number) => count * 1024 * 1024

it('keeps a large buffer for large writes, and gives it back after many small ones', () => {
  const lines = createLines()
  const long = 'ü'.repeat(megabytes(1))
  const write = (text: string): ArrayBufferLike => {
    lines.clear()
    lines.add(text)
    assert.equal(lines.written().toString(), text)
    return lines.written().buffer
  }
  const large = write(long)
  assert.ok(large.byteLength >= megabytes(2))
  for (let i = 0; i < 50; i++) assert.equal(write('a line'), large)
  // One of them is large: what follows is counted anew.
  assert.equal(write(long), large)
  for (let i = 0; i < 100; i++) assert.equal(write('a line'), large)
  assert.ok(write('a line').byteLength < megabytes(1))
  assert.ok(write(long).byteLength >= megabytes(2))
})
