import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { textOf, textsOf } from '../../../../src/client/shape.ts'
import { client } from '../client.ts'
import { useAllPages } from './pages.ts'
import { groupOf } from './shapes.ts'

export const useGroups = () =>
  useAllPages({ key: ['groups'], path: 'identity/group/details', name: 'groups', rowOf: groupOf })

/** The ids of those who are in a group themselves. */
export const useMembers = (id: string) =>
  useQuery({
    queryKey: ['group', id],
    queryFn: async () =>
      textsOf((await client.call('GET', `identity/group/id/${id}`)).data?.member_entity_ids),
  })

type Changes = {
  readonly name?: string
  readonly type?: 'internal' | 'external'
  readonly policies?: readonly string[]
  readonly members?: readonly string[]
  readonly memberGroups?: readonly string[]
}

const bodyOf = ({ name, type, policies, members, memberGroups }: Changes): JsonObject => ({
  ...(name !== undefined && { name }),
  ...(type !== undefined && { type }),
  ...(policies && { policies: [...policies] }),
  ...(members && { member_entity_ids: [...members] }),
  ...(memberGroups && { member_group_ids: [...memberGroups] }),
})

export const changeGroup = (id: string, changes: Changes) =>
  client.write(`identity/group/id/${id}`, bodyOf(changes))

/** @returns the id of the new one */
export const makeGroup = async (changes: Changes): Promise<string> =>
  textOf((await client.write('identity/group', bodyOf(changes))).data?.id)

export const deleteGroup = (id: string) => client.delete(`identity/group/id/${id}`)

/** Gives an external group the name by which logins on a mount assert it; one before makes way. */
export const nameGroupAt = (group: string, mountAccessor: string, name: string) =>
  client.write('identity/group-alias', { name, canonical_id: group, mount_accessor: mountAccessor })

export const removeGroupAlias = (id: string) => client.delete(`identity/group-alias/id/${id}`)
