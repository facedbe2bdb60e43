import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'
import { textOf } from '../shape.ts'

export type PoliciesApi = {
  list(): Promise<string[]>
  /** The policy as it was written; undefined when there is none of that name. */
  read(name: string): Promise<string | undefined>
  /** @param expected the text that is to be replaced, empty where there is to be none; absent for any */
  write(name: string, policy: string, expected?: string): Promise<Answer>
  delete(name: string): Promise<Answer>
  /**
   * What somebody could do at a path, and which rules decide.
   *
   * @param about `operation`, and of others `accessor`, `entity_id` or `policies`; without these, of the token itself
   */
  explain(path: string, about: JsonObject): Promise<Answer>
}

export const policiesApi = (client: Client): PoliciesApi => ({
  list: async () => (await client.list('sys/policies/acl'))?.keys ?? [],
  read: async (name) => {
    const answer = await client.read(`sys/policies/acl/${name}`)
    return answer && textOf(answer.data?.policy)
  },
  write: (name, policy, expected) =>
    client.replace(`sys/policies/acl/${name}`, { policy, ...(expected !== undefined && { expected }) }),
  explain: (path, about) => {
    const ofOthers = ['accessor', 'entity_id', 'policies'].some((name) => name in about)
    const route = `sys/policies/explain${ofOthers ? '' : '-self'}`
    return client.call('POST', route, { body: { path, ...about }, idempotent: true })
  },
  delete: (name) => client.delete(`sys/policies/acl/${name}`),
})
