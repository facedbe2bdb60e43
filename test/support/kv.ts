import type { TestContext } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { startTestNode, type TestNode, type TestNodeOptions, tokenOf } from './node.ts'

/** A server with `kv/` of version 1 and `v2/` of version 2. */
export async function startWithKv(t: TestContext, options: TestNodeOptions = {}): Promise<TestNode> {
  const server = await startTestNode(options)
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'sys/mounts/v2', { fields: { type: 'kv', options: { version: '2' } } })
  return server
}

let policies = 0

/** A token with a policy of its own. */
export const tokenWith = async (server: TestNode, rules: string, extra: JsonObject = {}) => {
  const name = `rules-${++policies}`
  await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: rules } })
  return tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: [name], ...extra } }))
}
