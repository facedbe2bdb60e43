import { Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { type UnusedSecret, useUnused } from '../../api/counts.ts'
import { moreOf } from '../../api/pages.ts'
import { useSecretMounts } from '../../api/spaces.ts'
import { SaveCsv } from '../../parts/csv/save-csv.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { NotYet } from '../../parts/states/not-yet.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'

const ages = [14, 30, 90, 365] as const

/** Secrets that nobody read for long, of one place at a time. */
export function UnusedSecrets() {
  const { counts } = useTexts()
  const { data: mounts, error, isPending, refetch } = useSecretMounts()
  const [chosen, setChosen] = useState<string>()
  const [days, setDays] = useState<number>(90)
  const places = mounts?.filter(({ type }) => type === 'kv').map(({ path }) => path) ?? []
  const place = chosen ?? places[0]
  return (
    <Stack component="section" aria-label={counts.unused}>
      <Title order={2} size="h4">
        {counts.unused}
      </Title>
      <Text c="dimmed">{counts.unusedText}</Text>
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <>
          <Group align="flex-end">
            <NativeSelect
              label={counts.place}
              data={places}
              value={place ?? ''}
              onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            />
            <NativeSelect
              label={counts.notReadFor}
              data={ages.map((age) => ({ value: String(age), label: counts.days(age) }))}
              value={String(days)}
              onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
            />
          </Group>
          {place !== undefined && <Unused key={`${place} ${days}`} place={place} days={days} />}
        </>
      )}
    </Stack>
  )
}

function Unused({ place, days }: { readonly place: string; readonly days: number }) {
  const texts = useTexts()
  const { counts } = texts
  const query = useUnused(place, days)
  const { data, error, isPending, refetch, isFetchingNextPage } = query
  const more = moreOf(query)
  const rows = useMemo(() => data?.pages.flatMap(({ secrets }) => secrets) ?? [], [data])
  const columns = useMemo<readonly Column<UnusedSecret>[]>(() => {
    const when = (time: string) => (time === '' ? counts.never : moment(texts, time))
    return [
      { id: 'path', title: counts.secret, value: ({ path }) => path, width: 'minmax(0, 2fr)' },
      {
        id: 'read',
        title: counts.lastRead,
        value: ({ lastRead }) => (lastRead === '' ? 0 : Date.parse(lastRead)),
        cell: ({ lastRead }) => when(lastRead),
      },
      {
        id: 'write',
        title: counts.lastWrite,
        value: ({ lastWrite }) => (lastWrite === '' ? 0 : Date.parse(lastWrite)),
        cell: ({ lastWrite }) => when(lastWrite),
      },
    ]
  }, [texts, counts])
  if (isPending) return <Loading />
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  return (
    <DataTable
      label={counts.unusedRows}
      rows={rows}
      columns={columns}
      idOf={({ path }) => path}
      sortedBy={{ id: 'read' }}
      more={more}
      tools={
        <SaveCsv
          name="coffer-unused-secrets"
          label={counts.unusedRows}
          header={[counts.secret, counts.lastRead, counts.lastWrite]}
          rows={rows.map(({ path, lastRead, lastWrite }) => [path, lastRead, lastWrite])}
        />
      }
      empty={
        more === undefined ? (
          <State icon={IconCheck} title={counts.noUnused} text={counts.noUnusedText} />
        ) : (
          <NotYet more={more} isLooking={isFetchingNextPage} />
        )
      }
    />
  )
}
