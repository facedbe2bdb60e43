import assert from 'node:assert/strict'
import type { AuthReply, Reply } from '../../src/backend/message.ts'
import { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from './node.ts'

export type TokenMethod = {
  readonly server: TestNode
  /** Asks `auth/token/<path>` as root, or as somebody else. */
  ask(path: string, fields?: JsonObject, token?: string): Promise<Reply | CofferError>
  auth(path: string, fields?: JsonObject, token?: string): Promise<AuthReply>
  /** @returns a new token */
  create(fields?: JsonObject, token?: string): Promise<string>
  lookup(token: string): Promise<JsonObject>
  alive(token: string): Promise<boolean>
  /** A token whose policy says so. */
  withPolicy(text: string, fields?: JsonObject): Promise<string>
}

/** The token method on a whole server without the network. */
export async function tokenMethod(t: { after(work: () => Promise<void>): void }): Promise<TokenMethod> {
  const server = await startTestNode()
  t.after(() => server.stop())
  const ask: TokenMethod['ask'] = (path, fields = {}, token = server.root) =>
    server.ask('write', `auth/token/${path}`, { token, fields })
  const create: TokenMethod['create'] = async (fields = {}, token) =>
    tokenOf(await ask('create', { ttl: '1h', ...fields }, token))
  let policies = 0
  return {
    server,
    ask,
    create,
    async auth(path, fields, token) {
      const reply = await ask(path, fields, token)
      if (reply instanceof CofferError) throw reply
      assert.ok(reply.auth !== undefined)
      return reply.auth
    },
    lookup: async (token) => dataOf(await ask('lookup', { token })),
    alive: async (token) =>
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token })) === undefined,
    async withPolicy(policy, fields = {}) {
      const name = `made-${++policies}`
      await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy } })
      return create({ policies: [name], ...fields })
    },
  }
}

/** Asserts that a request was refused, in which words. */
export function refused(reply: Reply | CofferError, text: string | RegExp, code = 'invalid_request'): void {
  assert.equal(codeOf(reply), code)
  const { message } = reply as CofferError
  if (typeof text === 'string') assert.equal(message, text)
  else assert.match(message, text)
}
