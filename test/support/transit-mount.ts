import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { keyKinds } from '../../src/engines/transit/keys/types.ts'
import { codeOf, dataOf, startTestNode, type TestNodeOptions } from './node.ts'

export const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64')
export const allTypes = Object.keys(keyKinds)

/** A whole server with transit mounted at `transit/`. */
export async function startTransit(t: TestContext, options: TestNodeOptions = {}) {
  const server = await startTestNode(options)
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/transit', { fields: { type: 'transit' } })
  const reach = (path: string) => `transit/${path}`
  return {
    server,
    write: async (path: string, fields: JsonObject = {}) =>
      dataOf(await server.ask('write', reach(path), { fields })),
    read: async (path: string, fields: JsonObject = {}) =>
      dataOf(await server.ask('read', reach(path), { fields })),
    /** What a write that must be refused is told. */
    refusal: async (path: string, fields: JsonObject = {}) => {
      const reply = await server.ask('write', reach(path), { fields })
      assert.match(String(codeOf(reply)), /^invalid_request/, path)
      return String(reply).replace(/^\w+: /, '')
    },
    status: async (path: string, fields: JsonObject = {}) => {
      const reply = await server.ask('write', reach(path), { fields })
      assert.ok('status' in reply)
      return reply.status
    },
  }
}
