import { Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { type EndingToken, useEndingTokens } from '../../api/counts.ts'
import { SaveCsv } from '../../parts/csv/save-csv.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'

const hours = [24, 24 * 7, 24 * 30] as const
const hourLength = 3600_000

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
      <Ending within={within} />
    </Stack>
  )
}

function Ending({ within }: { readonly within: number }) {
  const texts = useTexts()
  const { counts } = texts
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage } = useEndingTokens()
  const [now] = useState(Date.now)
  const rows = useMemo(
    () =>
      data?.pages
        .flatMap(({ tokens }) => tokens)
        .filter(({ ends }) => Date.parse(ends) <= now + within * hourLength) ?? [],
    [data, now, within],
  )
  const columns = useMemo<readonly Column<EndingToken>[]>(
    () => [
      { id: 'name', title: counts.token, value: ({ displayName }) => displayName, width: 'minmax(0, 2fr)' },
      { id: 'owner', title: counts.owner, value: ({ owner }) => owner || counts.nobody },
      { id: 'path', title: counts.madeBy, value: ({ path }) => path },
      {
        id: 'ends',
        title: counts.ends,
        value: ({ ends }) => Date.parse(ends),
        cell: ({ ends }) => moment(texts, ends),
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
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  return (
    <DataTable
      label={counts.endingRows}
      rows={rows}
      columns={columns}
      idOf={({ accessor }) => accessor}
      sortedBy={{ id: 'ends' }}
      more={hasNextPage ? () => void fetchNextPage() : undefined}
      tools={
        <SaveCsv
          name="coffer-ending-tokens"
          label={counts.endingRows}
          header={[counts.token, counts.owner, counts.madeBy, counts.ends, counts.renewable]}
          rows={rows.map((one) => [
            one.displayName,
            one.owner,
            one.path,
            one.ends,
            one.renewable ? counts.yes : counts.no,
          ])}
        />
      }
      empty={<State icon={IconCheck} title={counts.noEnding} text={counts.noEndingText} />}
    />
  )
}
