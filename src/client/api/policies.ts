import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'
import { textOf } from '../shape.ts'

export type PoliciesApi = {
  list(): Promise<string[]>
  /** The policy as it was written; undefined when there is none of that name. */
  read(name: string): Promise<string | undefined>
  write(name: string, policy: string): Promise<Answer>
  delete(name: string): Promise<Answer>
}

export const policiesApi = (client: Client): PoliciesApi => ({
  list: async () => (await client.list('sys/policies/acl'))?.keys ?? [],
  read: async (name) => {
    const answer = await client.read(`sys/policies/acl/${name}`)
    return answer && textOf(answer.data?.policy)
  },
  write: (name, policy) => client.replace(`sys/policies/acl/${name}`, { policy }),
  delete: (name) => client.delete(`sys/policies/acl/${name}`),
})
