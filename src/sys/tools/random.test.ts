import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf, startTestNode } from '../../../test/support/node.ts'

describe('sys/tools/random', () => {
  it('takes how many bytes and from where in its path, and nothing else there', async (t) => {
    const { ask, stop } = await startTestNode()
    t.after(stop)
    const made = async (path: string, fields = {}) =>
      Buffer.from(String(dataOf(await ask('write', path, { fields })).random_bytes), 'base64').length
    assert.equal(await made('sys/tools/random'), 32)
    assert.equal(await made('sys/tools/random', { bytes: 7 }), 7)
    assert.equal(await made('sys/tools/random/5'), 5)
    assert.equal(await made('sys/tools/random/platform'), 32)
    assert.equal(await made('sys/tools/random/all/9'), 9)
    for (const path of ['x', '0', '-1', '1.5', 'nowhere/5', 'platform/x', '999999999']) {
      assert.equal(codeOf(await ask('write', `sys/tools/random/${path}`)), 'invalid_request', path)
    }
  })
})
