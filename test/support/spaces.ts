import assert from 'node:assert/strict'
import type { Clock } from '../../src/base/clock.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import type { SpacesSettings } from '../../src/core/spaces/settings.ts'
import { example, examplePeople } from '../../src/demo/provider/people.ts'
import type { DemoProvider, TokenOptions } from '../../src/demo/provider/provider.ts'
import { codeOf, dataOf, type TestNode, tokenOf } from './node.ts'

/** The identifier of one of the example people, which names their folder. */
export const idOf = (name: string) => examplePeople.find((person) => person.name === name)?.vopersonId ?? ''

/** The EGI profile, turned to a stand-in provider. */
export const settingsFor = (issuer: string, changes: Partial<SpacesSettings> = {}): SpacesSettings => ({
  name: 'example',
  issuer,
  issuerCa: '',
  boundAudiences: ['coffer'],
  personClaim: 'voperson_id',
  groupsClaim: 'eduperson_entitlement',
  groupsFromUserinfo: true,
  groupsFormat: 'entitlements',
  entitlementNamespaces: [example.namespace],
  entitlementAuthorities: [],
  mount: 'secrets',
  authPath: 'jwt',
  vos: [{ name: example.vo, readers: example.vo, writers: `${example.vo}:role=manager` }],
  ...changes,
})

/**
 * The time of day, which providers and tokens go by, and which can be moved ahead. It never says the same twice,
 * since events of the same moment have no order.
 */
export function movableClock(): Clock & { ahead(milliseconds: number): void } {
  let offset = 0
  let last = 0
  return {
    now: () => {
      last = Math.max(last + 1, Date.now() + offset)
      return last
    },
    monotonic: () => performance.now() + offset,
    ahead: (milliseconds) => {
      offset += milliseconds
      last += milliseconds
    },
  }
}

/** Sends a login; resolves to the answer or the refusal. */
export async function tryLogin(
  server: TestNode,
  provider: DemoProvider,
  name: string,
  { path = 'jwt', role = '', ...options }: TokenOptions & { path?: string; role?: string } = {},
) {
  const jwt = await provider.mintAccessToken(name, options)
  return server.ask('write', `auth/${path}/login`, { token: '', fields: { role, jwt } })
}

export const logIn = async (...args: Parameters<typeof tryLogin>) => tokenOf(await tryLogin(...args))

/** The events that a token can read, oldest first. */
export async function eventsFor(server: TestNode, token: string): Promise<JsonObject[]> {
  const reply = await server.ask('list', 'sys/spaces/events', { token })
  if (codeOf(reply) === 'not_found') return []
  const { keys, key_info: info } = dataOf(reply) as { keys: string[]; key_info: Record<string, JsonObject> }
  return keys.map((id) => info[id] ?? assert.fail('every key has its information'))
}
