import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openSession } from './session.ts'

describe('the shell in which a document is tried', () => {
  test('keeps variables from command to command and tells output and exit code', async () => {
    const session = await openSession()
    try {
      assert.deepEqual(await session.run('export COLOUR=green'), { code: 0, output: '' })
      assert.deepEqual(await session.run('echo "$COLOUR"; echo oops >&2; false'), {
        code: 1,
        output: 'green\noops\n',
      })
      assert.deepEqual(await session.run('cat'), { code: 0, output: '' })
    } finally {
      await session.stop()
    }
  })

  test('is in a copy of the repository, away from the home of who runs it', async () => {
    const session = await openSession()
    try {
      assert.equal((await session.run('grep -c \'"name": "coffer"\' package.json')).output, '1\n')
      assert.equal((await session.run('ls -A "$HOME" | wc -l')).output.trim(), '0')
      assert.notEqual((await session.run('pwd')).output.trim(), process.cwd())
    } finally {
      await session.stop()
    }
  })

  test('waits for what a command that goes on prints, and says so when it ends instead', async () => {
    const session = await openSession()
    try {
      await session.start('echo one; echo ready; exec sleep 60', /^one\nready\n/)
      await assert.rejects(
        session.start('echo failed', /ready/),
        /the process ended; printed so far:\nfailed/,
      )
    } finally {
      await session.stop()
    }
  })
})
