import { Button, Stack } from '@mantine/core'
import { IconGavel, IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useAllowed } from '../../api/acl.ts'
import { usePolicies } from '../../api/policies.ts'
import { useSearchTexts } from '../../app/search.ts'
import admin from '../../parts/administer/administer.module.css'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './policies.module.css'

type Row = { readonly name: string }

export function PolicyList() {
  const { policies } = useTexts()
  const allowed = useAllowed()
  const [, setSearch] = useSearchTexts()
  const { data, error, isPending, refetch } = usePolicies()
  const rows = useMemo(() => data?.map((name) => ({ name })) ?? [], [data])
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'name',
        title: policies.name,
        value: ({ name }) => name,
        cell: ({ name }) => (
          <LinkTo to="/policies" search={{ name }} className={admin.link}>
            <bdi>{name}</bdi>
          </LinkTo>
        ),
      },
      { id: 'note', title: policies.note, value: ({ name }) => policies.notes[name] },
    ],
    [policies],
  )
  if (isPending) return <Loading />
  if (error !== null && data === undefined)
    return <Trouble isPage error={error} again={() => void refetch()} />
  const add = allowed('sys/policies/acl/+', 'create', 'update') && (
    <Button
      data-key="n"
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setSearch({ new: 'policy' })}
    >
      {policies.new}
    </Button>
  )
  return (
    <Stack className={classes.list ?? ''}>
      <PageHead title={policies.title} lead={policies.lead} tools={add} />
      <DataTable
        label={policies.title}
        rows={rows}
        columns={columns}
        idOf={({ name }) => name}
        sortedBy={{ id: 'name' }}
        empty={<State icon={IconGavel} title={policies.empty} text={policies.emptyText} />}
      />
    </Stack>
  )
}
