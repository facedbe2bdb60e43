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
}

export const policiesApi = (client: Client): PoliciesApi => ({
  list: async () => (await client.list('sys/policies/acl'))?.keys ?? [],
  read: async (name) => {
    const answer = await client.read(`sys/policies/acl/${name}`)
    return answer && textOf(answer.data?.policy)
  },
  write: (name, policy, expected) =>
    client.replace(`sys/policies/acl/${name}`, { policy, ...(expected !== undefined && { expected }) }),
  delete: (name) => client.delete(`sys/policies/acl/${name}`),
})
