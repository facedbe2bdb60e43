import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { CofferError } from '../../src/base/errors.ts'
import { startTestNode } from '../support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  return (path: string, fields = {}) => server.ask('read', path, { token: '', fields })
}

describe('sys/health', () => {
  it('answers with the status that is asked for', async (t) => {
    const ask = await start(t)
    const reply = await ask('sys/health', { activecode: '299' })
    assert.ok('status' in reply)
    assert.equal(reply.status, 299)
  })

  it('refuses what is no status, and says nothing more', async (t) => {
    const ask = await start(t)
    for (const code of ['abc', '99', '600', '200.5', '-200', '2e2x']) {
      const reply = await ask('sys/health', { activecode: code })
      assert.ok(reply instanceof CofferError, code)
      assert.deepEqual([reply.code, reply.message], ['invalid_request', ''])
    }
  })
})

it('sys/seal-status has the date of the version under both names that clients know', async (t) => {
  const ask = await start(t)
  const { bare } = (await ask('sys/seal-status')) as { bare: Record<string, unknown> }
  assert.ok(typeof bare.commit_date === 'string' && bare.commit_date !== '')
  assert.equal(bare.commit_date, bare.build_date)
})
