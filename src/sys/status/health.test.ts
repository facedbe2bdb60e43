import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startTestNode } from '../../../test/support/node.ts'
import type { OpenContext } from '../../backend/context.ts'
import { shamirBench } from '../../barrier/keeper/keeper-for-tests.ts'
import { CofferError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { healthRoute } from './health.ts'

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

  it('tells by the status alone whether the node has keys, is sealed, or serves', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const ask = async (fields: JsonObject = {}): Promise<JsonObject> => {
      const reply = await server.ask('read', 'sys/health', { token: '', fields })
      if (reply instanceof CofferError) throw reply
      return { status: reply.status ?? 0, ...(reply.bare as JsonObject) }
    }
    const open = await ask()
    assert.deepEqual(
      [open.status, open.initialized, open.sealed, open.standby, open.replication_dr_mode],
      [200, true, false, false, 'disabled'],
    )
    assert.equal(open.server_time_utc, Math.floor(server.clock.now() / 1000))
    assert.ok('cluster_id' in open && 'cluster_name' in open)
    await server.ask('write', 'sys/seal')
    const sealed = await ask()
    assert.deepEqual(
      [sealed.status, sealed.initialized, sealed.sealed, sealed.standby, sealed.replication_dr_mode],
      [503, true, true, true, 'unknown'],
    )
    const chosen = { activecode: '201', sealedcode: '202', uninitcode: '203' }
    assert.equal((await ask(chosen)).status, 202)
  })

  it('is refused soon by a node whose store does not answer', async () => {
    const { operations } = healthRoute({
      keeper: () => ({ status: () => new Promise<never>(() => {}) }),
      patience: 1,
    })
    // It comes to neither the context nor the fields.
    const ask = async () => operations.read?.({} as unknown as OpenContext, {})
    await assert.rejects(ask, { code: 'storage_failed' })
  })

  it('answers otherwise before there are keys', async (t) => {
    const { node, clock } = await shamirBench(t)
    const keeper = await node()
    const { operations, reader } = healthRoute({ keeper: () => keeper })
    const ask = async (fields: JsonObject) => {
      assert.ok(operations.read !== undefined && reader !== undefined)
      // It uses nothing else of its context.
      const { status, bare } = await operations.read(
        { clock } as unknown as OpenContext,
        (await reader.read(fields)).values,
      )
      return [status, (bare as JsonObject).initialized]
    }
    assert.deepEqual(await ask({}), [501, false])
    assert.deepEqual(await ask({ uninitcode: '200' }), [200, false])
    assert.deepEqual(await ask({ uninitcode: '', sealedcode: '200', activecode: '200' }), [501, false])
  })

  it('takes the codes of all kinds of nodes, and looks at none that is not this one', async (t) => {
    const ask = await start(t)
    for (const name of ['standbycode', 'performancestandbycode', 'drsecondarycode']) {
      const reply = await ask('sys/health', { [name]: '299', standbyok: 'true', perfstandbyok: 'true' })
      assert.ok('status' in reply)
      assert.equal(reply.status, 200)
    }
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
