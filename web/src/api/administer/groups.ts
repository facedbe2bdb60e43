import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { textOf, textsOf } from '../../../../src/client/shape.ts'
import { client } from '../client.ts'
import { useAllPages } from '../pages.ts'
import { groupOf, type Texts } from './shapes.ts'

export const useGroups = () =>
  useAllPages({ key: ['groups'], path: 'identity/group/details', name: 'groups', rowOf: groupOf })

/** What only reading a group tells: who is in it. */
export const useGroup = (id: string) => useQuery({ queryKey: ['group', id], queryFn: () => readMembers(id) })

type Members = {
  /** Ids of people and of groups. */
  readonly people: readonly string[]
  readonly groups: readonly string[]
}

/** @returns null for a group that is not there */
async function readMembers(id: string): Promise<Members | null> {
  const data = (await client.read(`identity/group/id/${id}`))?.data
  if (data == null) return null
  return { people: textsOf(data.member_entity_ids), groups: textsOf(data.member_group_ids) }
}

export type GroupChanges = {
  readonly name?: string
  readonly type?: 'internal' | 'external'
  readonly policies?: readonly string[]
  readonly metadata?: Texts
  readonly members?: readonly string[]
  readonly memberGroups?: readonly string[]
}

const bodyOf = ({ policies, metadata, members, memberGroups, ...rest }: GroupChanges): JsonObject => ({
  ...rest,
  ...(policies && { policies: [...policies] }),
  ...(metadata && { metadata: { ...metadata } }),
  ...(members && { member_entity_ids: [...members] }),
  ...(memberGroups && { member_group_ids: [...memberGroups] }),
})

export const changeGroup = (id: string, changes: GroupChanges) =>
  client.write(`identity/group/id/${id}`, bodyOf(changes))

/** @returns the id of the new one */
export const makeGroup = async (changes: GroupChanges): Promise<string> =>
  textOf((await client.write('identity/group', bodyOf(changes))).data?.id)

/** Changes who is in a group, from what it is now. */
export async function changeMembers(id: string, change: (members: Members) => Members): Promise<void> {
  const now = await readMembers(id)
  if (now === null) return
  const { people, groups } = change(now)
  await changeGroup(id, {
    ...(people !== now.people && { members: people }),
    ...(groups !== now.groups && { memberGroups: groups }),
  })
}

export const deleteGroup = (id: string) => client.delete(`identity/group/id/${id}`)

/** Gives an external group the name by which logins on a mount assert it; one before makes way. */
export const nameGroupAt = (group: string, mountAccessor: string, name: string) =>
  client.write('identity/group-alias', { name, canonical_id: group, mount_accessor: mountAccessor })

export const removeGroupAlias = (id: string) => client.delete(`identity/group-alias/id/${id}`)
