import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dataOf, startTestNode } from '../../../test/support/node.ts'
import { buildDate, version } from '../../core/version.ts'

describe('the history of versions', () => {
  it('has this one, since the first time that it served the store', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const first = new Date(server.clock.now()).toISOString()
    const expected = {
      keys: [version],
      key_info: {
        [version]: { build_date: buildDate, previous_version: null, timestamp_installed: first },
      },
    }
    assert.deepEqual(dataOf(await server.ask('list', 'sys/version-history')), expected)
    server.clock.advance(60_000)
    await server.restart([])
    assert.deepEqual(dataOf(await server.ask('list', 'sys/version-history')), expected)
  })
})
