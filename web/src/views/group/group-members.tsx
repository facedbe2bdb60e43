import { Button, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeMembers } from '../../api/administer/groups.ts'
import { refreshDirectory } from '../../api/administer/people.ts'
import type { Group } from '../../api/administer/shapes.ts'
import { writing } from '../../parts/administer/actions.ts'
import { AddButton } from '../../parts/administer/add-button.tsx'
import classes from '../../parts/administer/administer.module.css'
import { Section } from '../../parts/administer/section.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { useTexts } from '../../texts/texts.ts'
import { AddMember } from './add-member.tsx'

type Props = { readonly group: Group; readonly groups: readonly Group[] }

/** Groups whose members are members of this one, and those that this one is in. */
export function GroupMembers({ group, groups }: Props) {
  const { admin, teams } = useTexts()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<string>()
  const nameOf = (id: string) => groups.find((one) => one.id === id)?.name ?? id
  const path = `identity/group/id/${group.id}`
  const others = groups
    .filter(({ id }) => id !== group.id && !group.memberGroups.includes(id))
    .map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Section title={teams.groupsIn} tools={<AddButton label={teams.addGroup} run={() => setAdding(true)} />}>
      {group.memberGroups.length === 0 ? (
        <Text c="dimmed">{teams.noGroups}</Text>
      ) : (
        <ul className={classes.list}>
          {group.memberGroups.map((id) => (
            <li key={id}>
              <LinkTo to={`/groups/${id}`} className={classes.link}>
                <bdi>{nameOf(id)}</bdi>
              </LinkTo>
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                aria-label={teams.removeFrom(nameOf(id))}
                onClick={() => setLeaving(id)}
              >
                {admin.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {group.parentGroups.length > 0 && (
        <Text size="sm" c="dimmed">
          {teams.isIn(group.parentGroups.map(nameOf).join(', '))}
        </Text>
      )}
      <Dialog opened={adding} close={() => setAdding(false)} title={teams.addGroup}>
        <AddMember
          label={teams.one}
          choices={others}
          isWhole
          error={null}
          close={() => setAdding(false)}
          command={(id) => writing(path, { member_group_ids: [...group.memberGroups, id] })}
          add={(id) => changeMembers(group.id, (now) => ({ ...now, groups: [...now.groups, id] }))}
        />
      </Dialog>
      <Confirm
        opened={leaving !== undefined}
        close={() => setLeaving(undefined)}
        title={teams.removeFrom(nameOf(leaving ?? ''))}
        action={admin.remove}
        command={() => writing(path, { member_group_ids: group.memberGroups.filter((id) => id !== leaving) })}
        run={async () => {
          await changeMembers(group.id, (now) => ({
            ...now,
            groups: now.groups.filter((id) => id !== leaving),
          }))
          await refreshDirectory(queries)
        }}
      >
        <Text>{teams.removeText}</Text>
      </Confirm>
    </Section>
  )
}
