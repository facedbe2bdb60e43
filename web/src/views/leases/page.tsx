import { Button, Stack, Text } from '@mantine/core'
import { IconClockOff, IconFolder, IconTicket } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useLeaseNames } from '../../api/administer/leases.ts'
import { moreOf } from '../../api/pages.ts'
import { useSearchTexts } from '../../app/search.ts'
import classes from '../../parts/administer/administer.module.css'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { Tabs } from '../../parts/administer/tabs.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Crumbs } from './crumbs.tsx'
import { LeaseDialog } from './lease-dialog.tsx'
import { RevokePrefix } from './revoke-prefix.tsx'

type Row = { readonly name: string }

/** What was given out for a time, by the path that gave it, as a tree. */
export default function LeasesPage() {
  const { leases: words, tokens } = useTexts()
  const [{ prefix = '' }] = useSearchTexts()
  const query = useLeaseNames(prefix)
  const { data, error, isPending, refetch } = query
  const rows = useMemo<Row[]>(() => data?.pages.flat().map((name) => ({ name })) ?? [], [data])
  const [shown, setShown] = useState<string>()
  const [ending, setEnding] = useState<string>()
  const columns: Column<Row>[] = [
    {
      id: 'name',
      title: words.path,
      value: ({ name }) => name,
      cell: ({ name }) =>
        name.endsWith('/') ? (
          <LinkTo to="." search={{ prefix: prefix + name }} className={classes.icon}>
            <IconFolder size={18} aria-hidden />
            <bdi>{name}</bdi>
          </LinkTo>
        ) : (
          <button type="button" className={classes.icon} onClick={() => setShown(prefix + name)}>
            <IconTicket size={18} aria-hidden />
            <bdi>{name}</bdi>
          </button>
        ),
    },
  ]
  return (
    <Stack>
      <PageHead title={words.title} lead={words.lead} />
      <Tabs
        label={tokens.title}
        tabs={[
          { to: '/tokens', label: tokens.title },
          { to: '/tokens/leases', label: words.title },
        ]}
      />
      <Crumbs prefix={prefix} />
      {isPending ? (
        <Loading />
      ) : error !== null && data === undefined ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <DataTable
          key={prefix}
          label={words.title}
          rows={rows}
          columns={columns}
          idOf={({ name }) => name}
          more={moreOf(query)}
          actionsWidth="9rem"
          actions={({ name }) =>
            name.endsWith('/') && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                aria-label={words.endBelow(prefix + name)}
                onClick={() => setEnding(prefix + name)}
              >
                {words.endAll}
              </Button>
            )
          }
          empty={<State icon={IconClockOff} title={words.empty} text={words.emptyText} />}
        />
      )}
      <Text size="sm" c="dimmed">
        {words.note}
      </Text>
      <LeaseDialog id={shown} close={() => setShown(undefined)} />
      <RevokePrefix prefix={ending} close={() => setEnding(undefined)} />
    </Stack>
  )
}
