import { Button, Group as Row, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { changeMembers } from '../../api/administer/groups.ts'
import { refreshDirectory, usePeople } from '../../api/administer/people.ts'
import type { Group } from '../../api/administer/shapes.ts'
import { writing } from '../../parts/administer/actions.ts'
import { AddButton } from '../../parts/administer/add-button.tsx'
import classes from '../../parts/administer/administer.module.css'
import { called } from '../../parts/administer/called.ts'
import { Section } from '../../parts/administer/section.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { State } from '../../parts/states/state.tsx'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import { AddMember } from './add-member.tsx'

type Props = { readonly group: Group; readonly members: readonly string[] }
type Member = { readonly id: string; readonly name: string }

/** The people of a group; those of an external one follow from their logins. */
export function People({ group, members }: Props) {
  const { admin, teams } = useTexts()
  const queries = useQueryClient()
  const people = usePeople()
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Member>()
  const rows = useMemo(() => {
    const names = new Map(people.rows.map((one) => [one.id, called(one)]))
    return members.map((id): Member => ({ id, name: names.get(id) ?? id }))
  }, [members, people.rows])
  const path = `identity/group/id/${group.id}`
  const without = (id: string) => members.filter((one) => one !== id)
  const others = people.rows
    .filter(({ id }) => !members.includes(id))
    .map((one) => ({ value: one.id, label: `${called(one)} (${one.aliases[0]?.mountPath ?? one.name})` }))
  return (
    <Section
      title={teams.people}
      tools={!group.isExternal && <AddButton label={teams.addPerson} run={() => setAdding(true)} />}
    >
      {group.isExternal && (
        <Text size="sm" c="dimmed">
          {teams.externalMembers}
        </Text>
      )}
      <DataTable
        label={teams.members}
        rows={rows}
        columns={[
          {
            id: 'name',
            title: admin.name,
            value: ({ name }) => name,
            cell: ({ id, name }) => (
              <Row gap="xs">
                <LinkTo to={`/people/${id}`} className={classes.link}>
                  <bdi>{name}</bdi>
                </LinkTo>
              </Row>
            ),
          },
        ]}
        idOf={({ id }) => id}
        sortedBy={{ id: 'name' }}
        {...(!group.isExternal && {
          actions: (member: Member) => (
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={teams.removeFrom(member.name)}
              onClick={() => setLeaving(member)}
            >
              {admin.remove}
            </Button>
          ),
        })}
        empty={<State icon={IconUsers} title={teams.noPeople} text={teams.noPeopleText} />}
      />
      <Dialog opened={adding} close={() => setAdding(false)} title={teams.addPerson}>
        <AddMember
          label={teams.person}
          choices={others}
          isWhole={people.isWhole}
          error={people.error}
          close={() => setAdding(false)}
          command={(id) => writing(path, { member_entity_ids: [...members, id] })}
          add={(id) => changeMembers(group.id, (now) => ({ ...now, people: [...now.people, id] }))}
        />
      </Dialog>
      <Confirm
        opened={leaving !== undefined}
        close={() => setLeaving(undefined)}
        title={teams.removeFrom(leaving?.name ?? '')}
        action={admin.remove}
        command={() => leaving && writing(path, { member_entity_ids: without(leaving.id) })}
        run={async () => {
          await changeMembers(group.id, (now) => ({
            ...now,
            people: now.people.filter((id) => id !== leaving?.id),
          }))
          await refreshDirectory(queries)
        }}
      >
        <Text>{teams.removeText}</Text>
      </Confirm>
    </Section>
  )
}
