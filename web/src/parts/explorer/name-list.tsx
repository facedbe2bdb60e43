import { Button, Text } from '@mantine/core'
import { IconFilterOff, IconPlus, IconShieldPlus } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useNames } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { ChosenBar } from '../many/chosen-bar.tsx'
import { nothing, still } from '../many/selection.ts'
import { Loading } from '../states/loading.tsx'
import { State } from '../states/state.tsx'
import { Trouble } from '../states/trouble.tsx'
import { NameFilter } from './name-filter.tsx'
import classes from './name-list.module.css'
import { NameRows } from './name-rows.tsx'
import type { Spot } from './use-spot.ts'

type Props = {
  /** The place, with its mount and a slash at the end. */
  readonly root: string
  readonly spot: Spot
  readonly writable: boolean
}

/** The names in one folder, to open one or to choose several. */
export function NameList({ root, spot, writable }: Props) {
  const { explorer } = useTexts()
  const folder = root + spot.folder
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState(nothing)
  const wanted = useDeferredValue(filter.trim().toLowerCase())
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useNames(folder)
  const names = useMemo(() => data?.pages.flat() ?? [], [data])
  const shown = useMemo(
    () => (wanted === '' ? names : names.filter((name) => name.toLowerCase().includes(wanted))),
    [names, wanted],
  )
  const selection = useMemo(() => still(selected, names), [selected, names])
  const chosen = useMemo(
    () => ({ root, folder: spot.folder, names: [...selection.chosen] }),
    [root, spot.folder, selection],
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
          selection={selection}
          choose={setSelected}
          more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
      {chosen.names.length > 0 && (
        <ChosenBar
          chosen={chosen}
          writable={writable}
          clear={() => setSelected(nothing)}
          changed={() =>
            spot.secret !== undefined && selection.chosen.has(spot.secret) && spot.toSecret(undefined)
          }
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
