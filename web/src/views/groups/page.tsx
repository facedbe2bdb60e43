import { Badge, Button, Group as Row, Stack, Text } from '@mantine/core'
import { IconPlus, IconUsers } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useGroups } from '../../api/administer/groups.ts'
import type { Group } from '../../api/administer/shapes.ts'
import classes from '../../parts/administer/administer.module.css'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { VoBadges } from '../../parts/administer/vo-badges.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { type Texts, useTexts } from '../../texts/texts.ts'
import { NewGroup } from './new-group.tsx'

const columnsIn = ({ admin, teams }: Texts): Column<Group>[] => {
  const kind = ({ isExternal }: Group) => (isExternal ? teams.external : teams.internal)
  return [
    {
      id: 'name',
      title: admin.name,
      value: ({ name, vos }) => [name, ...vos.map((vo) => vo.name)].join(' '),
      cell: (group) => (
        <Row gap="xs">
          <LinkTo to={`/groups/${group.id}`} className={classes.link}>
            <bdi>{group.name}</bdi>
          </LinkTo>
          <VoBadges group={group} />
        </Row>
      ),
      width: 'minmax(0, 2fr)',
    },
    {
      id: 'kind',
      title: teams.kind,
      value: kind,
      cell: (group) => (
        <>
          <Badge variant="default" tt="none">
            {kind(group)}
          </Badge>
          {group.alias !== undefined && (
            <Text size="xs" c="dimmed">
              {group.alias.mountPath}
            </Text>
          )}
        </>
      ),
      width: '9rem',
    },
    {
      id: 'policies',
      title: admin.policies,
      value: ({ policies }) => policies.join(', ') || undefined,
      width: 'minmax(0, 2fr)',
    },
    {
      id: 'people',
      title: teams.people,
      value: ({ members }) => members,
      cell: ({ members, hasMore }) => `${members}${hasMore ? '+' : ''}`,
      width: '5rem',
    },
    {
      id: 'groups',
      title: teams.groups,
      value: ({ memberGroups }) => memberGroups.length,
      width: '5rem',
    },
  ]
}

/** All groups: those that are kept here, and those that logins assert. */
export default function GroupsPage() {
  const texts = useTexts()
  const { teams } = texts
  const { rows, more, isPending, error, again } = useGroups()
  const columns = useMemo(() => columnsIn(texts), [texts])
  const [isNew, setIsNew] = useState(false)
  if (isPending) return <Loading />
  if (error !== null && rows.length === 0) return <Trouble isPage error={error} again={again} />
  return (
    <Stack>
      <PageHead
        title={teams.title}
        lead={teams.lead}
        tools={
          <Button
            data-key="n"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setIsNew(true)}
          >
            {teams.new}
          </Button>
        }
      />
      {error !== null && <TroubleLine error={error} />}
      <DataTable
        label={teams.title}
        rows={rows}
        columns={columns}
        idOf={({ id }) => id}
        sortedBy={{ id: 'name' }}
        more={more}
        empty={<State icon={IconUsers} title={teams.empty} text={teams.emptyText} />}
      />
      <NewGroup opened={isNew} close={() => setIsNew(false)} />
    </Stack>
  )
}
