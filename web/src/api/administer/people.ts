import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { listOf, numberOf, textOf, textsOf } from '../../../../src/client/shape.ts'
import { client } from '../client.ts'
import { useAllPages } from '../pages.ts'
import { personOf, type Texts, type WholePerson } from './shapes.ts'

export const usePeople = () =>
  useAllPages({ key: ['people'], path: 'identity/entity/details', name: 'entities', rowOf: personOf })

/** Null for somebody who is not there. */
export const usePerson = (id: string) => useQuery({ queryKey: ['person', id], queryFn: () => readPerson(id) })

async function readPerson(id: string): Promise<WholePerson | null> {
  const data = (await client.read(`identity/entity/id/${id}`))?.data
  if (data == null) return null
  return {
    ...personOf(data),
    inheritedGroups: textsOf(data.inherited_group_ids),
    mergedIds: textsOf(data.merged_entity_ids),
  }
}

export type PersonTimes = { readonly requests: number; readonly lastRead: string; readonly lastWrite: string }

/** What somebody did in the last 30 days; undefined where it is nothing. */
export const usePersonTimes = (id: string) =>
  useQuery({ queryKey: ['person-times', id], queryFn: () => readTimes(id), retry: false })

async function readTimes(id: string): Promise<PersonTimes | null> {
  const { data } = await client.call('GET', 'sys/usage/people', { query: { entity_id: id } })
  const [found] = listOf(data?.people)
  if (found === undefined) return null
  return {
    requests: numberOf(found.requests),
    lastRead: textOf(found.last_read),
    lastWrite: textOf(found.last_write),
  }
}

type Changes = {
  readonly name?: string
  readonly metadata?: Texts
  readonly policies?: readonly string[]
  readonly disabled?: boolean
}

const bodyOf = ({ policies, metadata, ...rest }: Changes): JsonObject => ({
  ...rest,
  ...(policies && { policies: [...policies] }),
  ...(metadata && { metadata: { ...metadata } }),
})

export const changePerson = (id: string, changes: Changes) =>
  client.write(`identity/entity/id/${id}`, bodyOf(changes))

/** @returns the id of the new one */
export const makePerson = async (changes: Changes): Promise<string> =>
  textOf((await client.write('identity/entity', bodyOf(changes))).data?.id)

export const deletePerson = (id: string) => client.delete(`identity/entity/id/${id}`)

/** @param keep ids of aliases that stay where both have one on the same mount */
export const mergePeople = (from: string, to: string, keep: readonly string[]) =>
  client.write('identity/entity/merge', {
    from_entity_ids: [from],
    to_entity_id: to,
    ...(keep.length > 0 && { conflicting_alias_ids_to_keep: [...keep] }),
  })

export const addAlias = (person: string, mountAccessor: string, name: string) =>
  client.write('identity/entity-alias', { name, canonical_id: person, mount_accessor: mountAccessor })

export const removeAlias = (id: string) => client.delete(`identity/entity-alias/id/${id}`)

/** After a change, everything that shows people, groups or tokens is asked for again. */
export const refreshDirectory = async (queries: QueryClient): Promise<void> => {
  const keys = ['people', 'person', 'groups', 'group', 'tokens']
  await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })))
}
