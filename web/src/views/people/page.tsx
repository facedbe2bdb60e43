import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconAddressBook, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { usePeople } from '../../api/administer/people.ts'
import type { Person } from '../../api/administer/shapes.ts'
import classes from '../../parts/administer/administer.module.css'
import { called, shortName } from '../../parts/administer/called.ts'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { type Texts, useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { NewPerson } from './new-person.tsx'

const columnsIn = (texts: Texts): Column<Person>[] => {
  const { admin, entities } = texts
  return [
    {
      id: 'name',
      title: admin.name,
      value: (person) => `${called(person)} ${person.disabled ? entities.disabled : ''}`.trim(),
      cell: (person) => (
        <Group gap="xs">
          <LinkTo to={`/people/${person.id}`} className={classes.link}>
            <bdi>{called(person)}</bdi>
          </LinkTo>
          {person.disabled && (
            <Badge color="red" tt="none">
              {entities.disabled}
            </Badge>
          )}
        </Group>
      ),
      width: 'minmax(0, 1.5fr)',
    },
    {
      id: 'aliases',
      title: entities.logins,
      value: ({ aliases }) =>
        aliases.map(({ name, mountPath }) => `${name} ${mountPath}`).join(', ') || undefined,
      cell: ({ aliases }) =>
        aliases.length === 0 ? (
          <Text size="sm" c="dimmed">
            {entities.noLogins}
          </Text>
        ) : (
          aliases.map(({ id, name, mountPath }) => (
            <div key={id}>
              <bdi title={name}>{shortName(name)}</bdi>{' '}
              <Text span size="xs" c="dimmed">
                {mountPath}
              </Text>
            </div>
          ))
        ),
      width: 'minmax(0, 2fr)',
    },
    {
      id: 'policies',
      title: admin.policies,
      value: ({ policies }) => policies.join(', ') || undefined,
      width: 'minmax(0, 1.5fr)',
    },
    {
      id: 'groups',
      title: entities.groups,
      value: ({ directGroups }) => directGroups.length,
      width: '5rem',
    },
    {
      id: 'created',
      title: admin.created,
      value: ({ created }) => created,
      cell: ({ created }) => moment(texts, created),
      width: '11rem',
    },
  ]
}

/** Everybody whom the server knows. */
export default function PeoplePage() {
  const texts = useTexts()
  const { entities } = texts
  const { rows, more, isPending, error, again } = usePeople()
  const columns = useMemo(() => columnsIn(texts), [texts])
  const [isNew, setIsNew] = useState(false)
  if (isPending) return <Loading />
  if (error !== null && rows.length === 0) return <Trouble isPage error={error} again={again} />
  return (
    <Stack>
      <PageHead
        title={entities.title}
        lead={entities.lead}
        tools={
          <Button
            data-key="n"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setIsNew(true)}
          >
            {entities.new}
          </Button>
        }
      />
      {error !== null && <TroubleLine error={error} />}
      <DataTable
        label={entities.title}
        rows={rows}
        columns={columns}
        idOf={({ id }) => id}
        sortedBy={{ id: 'name' }}
        more={more}
        empty={<State icon={IconAddressBook} title={entities.empty} text={entities.emptyText} />}
      />
      <NewPerson opened={isNew} close={() => setIsNew(false)} />
    </Stack>
  )
}
