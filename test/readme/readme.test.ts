import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { root } from '../support/server.ts'
import { consoleBlocks, expectedPattern } from './console.ts'
import { openSession, type Session } from './session.ts'

describe('the commands in README.md, tried in order in a fresh copy', () => {
  const blocks = consoleBlocks(readFileSync(join(root, 'README.md'), 'utf8'))
  let session: Session
  before(async () => {
    session = await openSession()
  })
  after(() => session?.stop())

  test('start the server and use it', () => {
    assert.ok(blocks.some(({ mode }) => mode === 'start'))
    assert.ok(blocks.some(({ mode }) => mode === 'run'))
  })

  for (const { line, mode, commands } of blocks) {
    for (const { text, expected } of commands) {
      const pattern = expectedPattern(expected)
      test(`line ${line}: ${text.split('\n')[0]}`, async () => {
        if (mode === 'start') {
          await session.start(text, new RegExp(pattern))
          return
        }
        const { code, output } = await session.run(text)
        assert.equal(code, 0, output)
        // Nothing shown means that the output is of no matter.
        if (expected.length > 0)
          assert.match(output.endsWith('\n') ? output : `${output}\n`, new RegExp(`^${pattern}$`))
      })
    }
  }
})
