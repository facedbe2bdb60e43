import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeIo } from '../testing/fake-io.ts'
import { prompt } from './prompt.ts'

const typed = (...keys: string[]) => prompt(fakeIo({ stdin: keys, tty: true }), 'Token: ')

describe('a prompt', () => {
  it('takes one line', async () => {
    assert.equal(await typed('ab', 'c', '\r'), 'abc')
    assert.equal(await typed('pasted\nmore'), 'pasted')
  })

  it('erases a character and the line', async () => {
    assert.equal(await typed('aä\x7f\x7fb\b', 'ok\r'), 'ok')
    assert.equal(await typed('wrong\x15right\n'), 'right')
  })

  it('takes characters that arrive in pieces', async () => {
    const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)]
    const io = fakeIo({ tty: true })
    const stdin = {
      ...io.stdin,
      async *[Symbol.asyncIterator]() {
        yield* [first, second, Buffer.from('\r')]
      },
    }
    assert.equal(await prompt({ ...io, stdin }, ''), 'ü')
  })

  it('is given up with Ctrl-C, Ctrl-D and at the end of input', async () => {
    for (const keys of [['ab\x03'], ['\x04'], ['ab'], []]) {
      await assert.rejects(typed(...keys), { message: 'interrupted' })
    }
  })

  it('always leaves the terminal as it was', async () => {
    for (const keys of ['ok\r', '\x03']) {
      const modes: boolean[] = []
      const io = fakeIo({ stdin: keys, tty: true })
      const stdin = { ...io.stdin, setRawMode: (on: boolean) => modes.push(on) }
      await prompt({ ...io, stdin }, '').catch(() => undefined)
      assert.deepEqual(modes, [true, false])
    }
  })
})
