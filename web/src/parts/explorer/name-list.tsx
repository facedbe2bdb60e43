import { Button, Text } from '@mantine/core'
import { IconFilterOff, IconPlus, IconShieldPlus } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useNames } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { Loading } from '../states/loading.tsx'
import { State } from '../states/state.tsx'
import { Trouble } from '../states/trouble.tsx'
import { NameFilter } from './name-filter.tsx'
import classes from './name-list.module.css'
import { NameRows } from './name-rows.tsx'
import type { Spot } from './use-spot.ts'

type Props = { readonly folder: string; readonly spot: Spot; readonly writable: boolean }

/** The names in one folder. */
export function NameList({ folder, spot, writable }: Props) {
  const { explorer } = useTexts()
  const [filter, setFilter] = useState('')
  const wanted = useDeferredValue(filter.trim().toLowerCase())
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useNames(folder)
  const names = useMemo(() => data?.pages.flat() ?? [], [data])
  const shown = useMemo(
    () => (wanted === '' ? names : names.filter((name) => name.toLowerCase().includes(wanted))),
    [names, wanted],
  )
  if (isPending) return <Loading />
  if (error !== null && data === undefined) return <Trouble error={error} again={() => void refetch()} />
  if (names.length === 0) return <EmptyFolder create={writable ? spot.toNew : undefined} />
  return (
    <>
      <NameFilter value={filter} change={setFilter} />
      {shown.length === 0 && !hasNextPage ? (
        <State icon={IconFilterOff} title={explorer.noMatch} text={explorer.noMatchText}>
          <Button variant="default" onClick={() => setFilter('')}>
            {explorer.clearFilter}
          </Button>
        </State>
      ) : (
        <NameRows
          names={shown}
          spot={spot}
          more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
      <Text className={classes.count} size="xs" c="dimmed" role="status">
        {explorer.count(shown.length, hasNextPage)}
      </Text>
    </>
  )
}

function EmptyFolder({ create }: { readonly create: (() => void) | undefined }) {
  const { explorer } = useTexts()
  return (
    <State
      icon={IconShieldPlus}
      title={explorer.empty}
      text={create === undefined ? explorer.emptyReadOnly : explorer.emptyText}
    >
      {create !== undefined && (
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={create}>
          {explorer.first}
        </Button>
      )}
    </State>
  )
}
