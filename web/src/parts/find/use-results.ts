import { useDebouncedValue } from '@mantine/hooks'
import { useMemo } from 'react'
import { type Found, useFound } from '../../api/find.ts'
import { useWhereabouts } from '../whereabouts/use-whereabouts.ts'
import { placeOf, type Whereabouts } from '../whereabouts/whereabouts.ts'

/** Milliseconds after the last key before names are looked for, and before metadata, which takes more work. */
const namesAfter = 150
const notesAfter = 450
/** Characters from which on metadata is looked at. */
const shortestNote = 2

export type Results = {
  /** Secrets by their place, in the order of the places. */
  readonly groups: readonly { readonly place: Whereabouts; readonly found: readonly Found[] }[]
  /** Places that are called so; all where nothing is looked for. */
  readonly places: readonly Whereabouts[]
  readonly count: number
  readonly isLooking: boolean
  readonly error: Error | null
  /** Looks further, where there is more. */
  readonly more: (() => void) | undefined
  readonly again: () => void
}

/** What there is of a text: names first, then metadata. @param nameOf what a place is called */
export function useResults(text: string, nameOf: (place: Whereabouts) => string): Results {
  const wanted = text.trim()
  const [forNames] = useDebouncedValue(wanted, namesAfter)
  const [forNotes] = useDebouncedValue(wanted, notesAfter)
  const names = useFound(forNames === '' ? undefined : { name: forNames })
  const notes = useFound(forNotes.length < shortestNote ? undefined : { note: forNotes })
  const all = useWhereabouts()
  const groups = useMemo(() => {
    const byPath = new Map<string, Found>()
    for (const one of [...flat(names.data?.pages), ...flat(notes.data?.pages)]) byPath.set(one.path, one)
    return all
      .map((place) => ({
        place,
        found: [...byPath.values()].filter(({ path }) => placeOf(path, all) === place),
      }))
      .filter(({ found }) => found.length > 0)
  }, [names.data, notes.data, all])
  const open = [names, notes].find(({ hasNextPage }) => hasNextPage)
  const isAhead = wanted !== forNames || (wanted.length >= shortestNote && wanted !== forNotes)
  const failed = [names, notes].find(({ error }) => error !== null)
  return {
    groups,
    places: all.filter((place) => nameOf(place).toLowerCase().includes(wanted.toLowerCase())),
    count: groups.reduce((sum, { found }) => sum + found.length, 0),
    isLooking: isAhead || names.isFetching || notes.isFetching,
    error: failed?.error ?? null,
    more: open === undefined ? undefined : () => void open.fetchNextPage(),
    again: () => void failed?.refetch(),
  }
}

const flat = (pages: readonly { readonly found: readonly Found[] }[] = []): Found[] =>
  pages.flatMap(({ found }) => [...found])
