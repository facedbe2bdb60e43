import { Button, Group, Stack, Text } from '@mantine/core'
import { IconTicket, IconTicketOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { usePeople } from '../../api/administer/people.ts'
import type { Token } from '../../api/administer/token.ts'
import { useTokens } from '../../api/administer/tokens.ts'
import { useSearchTexts } from '../../app/search.ts'
import { useSession } from '../../app/session/context.ts'
import { called } from '../../parts/administer/called.ts'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { Tabs } from '../../parts/administer/tabs.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import { columnsIn } from './columns.tsx'
import { RevokeAll } from './revoke-all.tsx'
import { RevokeToken } from './revoke-token.tsx'

/** Everything that opens something now: whose it is, until when, and a way to end it. */
export default function TokensPage() {
  const texts = useTexts()
  const { leases, tokens: words } = texts
  const [{ person }, setSearch] = useSearchTexts()
  const { state } = useSession()
  const own = state.kind === 'in' ? state.session.accessor : ''
  const { rows, more, isPending, isWhole, error, again } = useTokens(person)
  const people = usePeople()
  const names = useMemo(() => new Map(people.rows.map((one) => [one.id, called(one)])), [people.rows])
  const columns = useMemo(() => columnsIn(texts, names, own), [texts, names, own])
  const [ending, setEnding] = useState<Token>()
  const [endingAll, setEndingAll] = useState(false)
  const whose = person === undefined ? undefined : (names.get(person) ?? person)
  return (
    <Stack>
      <PageHead title={words.title} lead={words.lead} />
      <Tabs
        label={words.title}
        tabs={[
          { to: '/tokens', label: words.title },
          { to: '/tokens/leases', label: leases.title },
        ]}
      />
      {whose !== undefined && (
        <Group justify="space-between">
          <Text fw={600}>{words.of(whose)}</Text>
          <Group gap="xs">
            <Button variant="default" onClick={() => setSearch({ person: undefined })}>
              {words.showAll}
            </Button>
            {rows.length > 0 && (
              <Button
                color="red"
                variant="light"
                leftSection={<IconTicketOff size={18} aria-hidden />}
                onClick={() => setEndingAll(true)}
              >
                {words.endAll}
              </Button>
            )}
          </Group>
        </Group>
      )}
      {isPending ? (
        <Loading />
      ) : error !== null && rows.length === 0 ? (
        <Trouble error={error} again={again} />
      ) : (
        <>
          {error !== null && <TroubleLine error={error} />}
          <DataTable
            key={person ?? ''}
            label={words.title}
            rows={rows}
            columns={columns}
            idOf={({ accessor }) => accessor}
            sortedBy={{ id: 'created', desc: true }}
            more={more}
            actionsWidth="8rem"
            actions={(token) =>
              token.accessor !== own && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  aria-label={words.endOne(token.displayName)}
                  onClick={() => setEnding(token)}
                >
                  {words.end}
                </Button>
              )
            }
            empty={<State icon={IconTicket} title={words.empty} text={words.emptyText} />}
          />
        </>
      )}
      {rows.length > 0 && (
        <Text size="sm" c="dimmed">
          {words.batchNote}
        </Text>
      )}
      <RevokeToken token={ending} own={own} close={() => setEnding(undefined)} />
      <RevokeAll
        opened={endingAll}
        close={() => setEndingAll(false)}
        whose={whose ?? ''}
        tokens={rows}
        isWhole={isWhole}
        own={own}
      />
    </Stack>
  )
}
