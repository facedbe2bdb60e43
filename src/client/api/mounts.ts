import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'
import { objectOf, objectsOf, textOf } from '../shape.ts'

/** Engines under `sys/mounts` or auth methods under `sys/auth`; the fields are those of the wire. */
export type MountsApi = {
  /** By path, with the trailing slash. */
  list(): Promise<Record<string, JsonObject>>
  enable(path: string, request: JsonObject): Promise<Answer>
  disable(path: string): Promise<Answer>
  tune(path: string, changes: JsonObject): Promise<Answer>
}

export const mountsApi = (client: Client, table: 'sys/mounts' | 'sys/auth'): MountsApi => ({
  list: async () => objectsOf((await client.call('GET', table)).data ?? {}),
  enable: (path, request) => client.write(`${table}/${path}`, request),
  disable: (path) => client.delete(`${table}/${path}`),
  tune: (path, changes) => client.replace(`${table}/${path}/tune`, changes),
})

export type MoveStatus = { readonly id: string; readonly status: string }

export type MoveApi = {
  /** Starts to move a mount; the answer names the migration to ask about. */
  start(from: string, to: string): Promise<MoveStatus>
  status(id: string): Promise<MoveStatus>
}

export const moveApi = (client: Client): MoveApi => ({
  start: async (from, to) => {
    const answer = await client.write('sys/remount', { from, to })
    return { id: textOf(answer.data?.migration_id), status: 'in-progress' }
  },
  status: async (id) => {
    const answer = await client.call('GET', `sys/remount/status/${id}`)
    return { id, status: textOf(objectOf(answer.data?.migration_info).status) }
  },
})
