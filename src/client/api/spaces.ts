import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Query } from '../call.ts'
import type { Client } from '../calls.ts'
import { objectsOf } from '../shape.ts'

export type OpenSpaceRequest = {
  /** The person's folder with its mount, such as `secrets/users/alice@example.org`. */
  readonly space: string
  readonly reason: string
  /** Seconds, or a duration such as `10m`. */
  readonly ttl?: string
  readonly capabilities?: readonly string[]
}

/** People's spaces: the way past their owners, and what owners can read of it. */
export type SpacesApi = {
  /** Opens a space to the client's own token for a time; its owner is told. */
  open(request: OpenSpaceRequest): Promise<Answer>
  /** Ends an opening before its time. */
  close(id: string): Promise<Answer>
  /** What is open now, by id; those that end first come first. */
  list(): Promise<Record<string, JsonObject>>
  /** What happened to the caller's own space, by id; the oldest first. */
  events(query?: Query): Promise<Record<string, JsonObject>>
}

export const spacesApi = (client: Client): SpacesApi => {
  const information = async (path: string, query?: Query) =>
    objectsOf((await client.list(path, query))?.answer.data?.key_info)
  return {
    open: ({ capabilities, ...request }) =>
      client.write('sys/spaces/open', {
        ...request,
        ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }),
      }),
    close: (id) => client.delete(`sys/spaces/open/${id}`),
    list: () => information('sys/spaces/open'),
    events: (query) => information('sys/spaces/events', query),
  }
}
