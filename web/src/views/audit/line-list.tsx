import { Button, Group } from '@mantine/core'
import { IconListSearch, IconRefresh } from '@tabler/icons-react'
import { type Filter, useLines } from '../../api/audit.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './audit.module.css'
import { LineRow } from './line-row.tsx'

type Props = { readonly device: string; readonly process: string; readonly filter: Filter }

/** The lines of a log that were asked for, the newest first. */
export function LineList({ device, process, filter }: Props) {
  const { audit } = useTexts()
  const lines = useLines(device, process, filter)
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    lines
  if (isPending) return <Loading />
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  const entries = data.pages.flatMap(({ entries }) => entries)
  const older = (
    <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
      {entries.length === 0 ? audit.goOn : audit.older}
    </Button>
  )
  return (
    <>
      <Group justify="flex-end">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={() => void refetch()}
          loading={isFetching && !isFetchingNextPage}
        >
          {audit.refresh}
        </Button>
      </Group>
      {entries.length === 0 ? (
        <State icon={IconListSearch} title={audit.noLines} text={audit.noLinesText}>
          {hasNextPage && older}
        </State>
      ) : (
        <>
          <ul className={classes.lines} aria-label={audit.lines}>
            {entries.map((entry) => (
              <LineRow key={entry.offset} entry={entry} />
            ))}
          </ul>
          {hasNextPage && <Group justify="center">{older}</Group>}
        </>
      )}
    </>
  )
}
