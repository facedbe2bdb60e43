import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { createLog } from './create-log.ts'

describe('the log', () => {
  test('drops lines while nobody reads, and says how many', () => {
    const lines: string[] = []
    const waiting: (() => void)[] = []
    const stream = new Writable({
      decodeStrings: false,
      write(line: string, _encoding, done) {
        lines.push(line)
        waiting.push(done)
      },
    })
    const log = createLog(stream)
    const text = 'x'.repeat(600_000)
    for (let i = 0; i < 10; i++) log.info({ i }, text)
    assert.equal(stream.writableLength < 1_400_000, true)
    while (waiting.length > 0) waiting.shift()?.()
    log.info({}, 'later')
    while (waiting.length > 0) waiting.shift()?.()
    const rest = lines.map((line) => JSON.parse(line) as { msg: string; dropped?: number })
    assert.deepEqual(
      rest.slice(-2).map(({ msg, dropped }) => [msg, dropped]),
      [
        ['lines were dropped', 8],
        ['later', undefined],
      ],
    )
  })

  test('holds nobody up when its pipe is full', async () => {
    const program = `
      import { createLog } from ${JSON.stringify(new URL('./create-log.ts', import.meta.url).href)}
      const log = createLog(process.stdout)
      for (let i = 0; i < 20000; i++) log.info({ i }, 'x'.repeat(1000))
      setImmediate(() => process.exit(7))`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    // Its output is never read.
    const [code] = await once(child, 'exit')
    assert.equal(code, 7)
  })

  test('goes on when its reader is gone', async () => {
    const stream = new Writable({
      write(_line, _encoding, done) {
        done(new Error('EPIPE'))
      },
    })
    const log = createLog(stream)
    log.info({}, 'one')
    await new Promise((resolve) => stream.once('close', resolve))
    log.info({}, 'two')
  })

  test('is as loud as it is told to be', () => {
    const lines: string[] = []
    const stream = new Writable({
      decodeStrings: false,
      write(line: string, _encoding, done) {
        lines.push(line)
        done()
      },
    })
    const log = createLog(stream, 'warn')
    log.info({}, 'no')
    log.warn({ a: 1 }, 'yes')
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
      ['yes'],
    )
  })
})
