import { Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { Token } from '../../api/administer/token.ts'
import { useTokens } from '../../api/administer/tokens.ts'
import { SaveCsv } from '../../parts/csv/save-csv.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { NotYet } from '../../parts/states/not-yet.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'

const hours = [24, 24 * 7, 24 * 30] as const
const hourLength = 3600_000

/** A token that ends by itself. */
type Ending = Token & { readonly ends: number }

/** Tokens that end soon. */
export function EndingTokens() {
  const { counts } = useTexts()
  const [within, setWithin] = useState<number>(24 * 7)
  return (
    <Stack component="section" aria-label={counts.ending}>
      <Title order={2} size="h4">
        {counts.ending}
      </Title>
      <Text c="dimmed">{counts.endingText}</Text>
      <Group>
        <NativeSelect
          label={counts.within}
          data={hours.map((one) => ({ value: String(one), label: counts.days(one / 24) }))}
          value={String(within)}
          onChange={({ currentTarget }) => setWithin(Number(currentTarget.value))}
        />
      </Group>
      <EndingWithin within={within} />
    </Stack>
  )
}

function EndingWithin({ within }: { readonly within: number }) {
  const texts = useTexts()
  const { counts } = texts
  const { rows: all, more, isPending, isFetching, error, again } = useTokens(undefined)
  const [now] = useState(Date.now)
  const rows = useMemo(
    () =>
      all.flatMap(({ ends, ...token }): Ending[] =>
        ends === undefined || ends > now + within * hourLength ? [] : [{ ...token, ends }],
      ),
    [all, now, within],
  )
  const columns = useMemo<readonly Column<Ending>[]>(
    () => [
      { id: 'name', title: counts.token, value: ({ displayName }) => displayName, width: 'minmax(0, 2fr)' },
      { id: 'owner', title: counts.owner, value: ({ ownerName }) => ownerName || counts.nobody },
      { id: 'path', title: counts.madeBy, value: ({ path }) => path },
      {
        id: 'ends',
        title: counts.ends,
        value: ({ ends }) => ends,
        cell: ({ ends }) => moment(texts, new Date(ends).toISOString()),
      },
      {
        id: 'renewable',
        title: counts.renewable,
        value: ({ renewable }) => (renewable ? counts.yes : counts.no),
        width: '7rem',
      },
    ],
    [texts, counts],
  )
  if (isPending) return <Loading />
  if (error !== null) return <Trouble error={error} again={again} />
  return (
    <DataTable
      label={counts.endingRows}
      rows={rows}
      columns={columns}
      idOf={({ accessor }) => accessor}
      sortedBy={{ id: 'ends' }}
      more={more}
      tools={
        <SaveCsv
          name="coffer-ending-tokens"
          label={counts.endingRows}
          header={[counts.token, counts.owner, counts.madeBy, counts.ends, counts.renewable]}
          rows={rows.map((one) => [
            one.displayName,
            one.ownerName,
            one.path,
            new Date(one.ends).toISOString(),
            one.renewable ? counts.yes : counts.no,
          ])}
        />
      }
      empty={
        more === undefined ? (
          <State icon={IconCheck} title={counts.noEnding} text={counts.noEndingText} />
        ) : (
          <NotYet more={more} isLooking={isFetching} />
        )
      }
    />
  )
}
