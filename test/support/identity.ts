import assert from 'node:assert/strict'
import { rsaKey, signToken } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { Reply } from '../../src/backend/message.ts'
import type { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { codeOf, dataOf, startTestNode, type TestNode, type TestNodeOptions, tokenOf } from './node.ts'

export type IdentityBench = {
  readonly server: TestNode
  /** The accessor of the login method. */
  readonly accessor: string
  write(path: string, fields?: JsonObject): Promise<Reply | CofferError>
  /** Makes something, and says which id it got. */
  make(path: string, fields: JsonObject): Promise<string>
  read(path: string): Promise<JsonObject>
  /** @returns the token of a login, whose provider asserts these groups */
  login(name: string, groups?: readonly string[]): Promise<string>
  entityOf(token: string): Promise<string>
  /** What the groups and the entity of a token add to its policies now. */
  policiesOf(token: string): Promise<readonly string[]>
}

/** The identity store on a whole server without the network, with a login method that asserts groups. */
export async function identityBench(
  t: { after(work: () => Promise<void>): void },
  options: TestNodeOptions = {},
): Promise<IdentityBench> {
  const server = await startTestNode(options)
  t.after(() => server.stop())
  const done = async (path: string, fields: JsonObject) =>
    assert.equal(codeOf(await server.ask('write', path, { fields })), undefined)
  await done('sys/auth/jwt', { type: 'jwt' })
  await done('auth/jwt/config', { jwt_validation_pubkeys: [rsaKey.pem] })
  const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'] }
  await done('auth/jwt/role/plain', role)
  await done('auth/jwt/role/groups', { ...role, groups_claim: 'groups' })
  const { accessor } = dataOf(await server.ask('read', 'sys/auth/jwt'))
  const lookup = async (token: string) =>
    dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
  return {
    server,
    accessor: String(accessor),
    write: (path, fields = {}) => server.ask('write', `identity/${path}`, { fields }),
    make: async (path, fields) =>
      String(dataOf(await server.ask('write', `identity/${path}`, { fields })).id),
    read: async (path) => dataOf(await server.ask('read', `identity/${path}`)),
    async login(name, groups) {
      const now = Math.floor(server.clock.now() / 1000)
      const claims = { sub: name, aud: 'coffer', iat: now, exp: now + 600, ...(groups && { groups }) }
      const fields = { role: groups === undefined ? 'plain' : 'groups', jwt: signToken(claims) }
      return tokenOf(await server.ask('write', 'auth/jwt/login', { token: '', fields }))
    },
    entityOf: async (token) => String((await lookup(token)).entity_id),
    policiesOf: async (token) => ((await lookup(token)).identity_policies ?? []) as string[],
  }
}
