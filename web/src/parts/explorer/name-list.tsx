import { Button, Text } from '@mantine/core'
import { IconPlus, IconShieldPlus } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { ChosenBar } from '../many/chosen-bar.tsx'
import { nothing, still } from '../many/selection.ts'
import { Loading } from '../states/loading.tsx'
import { State } from '../states/state.tsx'
import { Trouble } from '../states/trouble.tsx'
import { NameFilter } from './name-filter.tsx'
import classes from './name-list.module.css'
import { NameRows } from './name-rows.tsx'
import { NothingFound } from './nothing-found.tsx'
import type { Only } from './only.ts'
import { OnlyChoice } from './only-choice.tsx'
import { useShownNames } from './use-shown-names.ts'
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
  const [only, setOnly] = useState<Only>()
  const { names, error, isPending, isFetching, hasMore, more, again } = useShownNames(folder, only)
  const shown = useMemo(
    () => (wanted === '' ? names : names.filter((name) => name.toLowerCase().includes(wanted))),
    [names, wanted],
  )
  const selection = useMemo(() => still(selected, names), [selected, names])
  const chosen = useMemo(
    () => ({ root, folder: spot.folder, names: [...selection.chosen] }),
    [root, spot.folder, selection],
  )
  const narrow = (next: Only | undefined) => {
    setOnly(next)
    setSelected(nothing)
  }
  if (only === undefined && isPending) return <Loading />
  if (only === undefined && error !== null) return <Trouble error={error} again={again} />
  if (only === undefined && names.length === 0)
    return <EmptyFolder create={writable ? spot.toNew : undefined} />
  return (
    <>
      <NameFilter value={filter} change={setFilter} />
      <OnlyChoice only={only} change={narrow} />
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Trouble error={error} again={again} />
      ) : shown.length === 0 && (only !== undefined || !hasMore) ? (
        <NothingFound
          isNarrowed={only !== undefined && names.length === 0}
          more={more}
          isLooking={isFetching}
          clear={() => {
            setFilter('')
            narrow(undefined)
          }}
        />
      ) : (
        <NameRows names={shown} spot={spot} selection={selection} choose={setSelected} more={more} />
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
        {explorer.count(shown.length, hasMore)}
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
