import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFile } from '../../../test/support/folder.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { dutyNames } from '../../core/duties/all.ts'

async function start(t: TestContext) {
  const server = await startTestNode({ path: temporaryFile() })
  t.after(() => server.stop())
  const read = async (path: string) => dataOf(await server.ask('read', path))
  return { server, read }
}

describe('sys/duties', () => {
  it('shows every duty, and nobody’s before a process took it', async (t) => {
    const { read } = await start(t)
    const { duties } = await read('sys/duties')
    assert.deepEqual(duties, Object.fromEntries(dutyNames.map((name) => [name, null])))
  })

  it('shows which process has them since when, and how often they were taken', async (t) => {
    const { server, read } = await start(t)
    const since = new Date(server.clock.now()).toISOString()
    await server.node.tend()
    server.clock.advance(60_000)
    const duties = (await read('sys/duties')).duties as Record<string, JsonObject>
    const { process } = duties.sweep ?? {}
    assert.match(String(process), /\S/)
    for (const name of dutyNames) assert.deepEqual(duties[name], { process, epoch: 1, since }, name)
  })
})

describe('sys/storage/check', () => {
  it('says that there was none yet', async (t) => {
    const { read } = await start(t)
    const none = { healthy: null, findings: [], started: null, finished: null, next: null }
    assert.deepEqual(await read('sys/storage/check'), none)
  })
})

describe('what a node is about', () => {
  it('is for those whose policies allow it, and only read', async (t) => {
    const { server } = await start(t)
    const token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } }),
    )
    for (const path of ['sys/duties', 'sys/storage/check']) {
      assert.equal(codeOf(await server.ask('read', path, { token: '' })), 'permission_denied', path)
      assert.equal(codeOf(await server.ask('read', path, { token })), 'policy_denied', path)
      for (const verb of ['write', 'delete', 'list'] as const) {
        assert.notEqual(codeOf(await server.ask(verb, path, { fields: {} })), undefined, `${verb} ${path}`)
      }
    }
  })
})
