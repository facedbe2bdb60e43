import { ActionIcon, Button, Group, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconTrashOff, IconTrashX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type Deleted, putBack, useDeleted } from '../../api/bin.ts'
import { moreOf } from '../../api/pages.ts'
import { refresh } from '../../api/secrets.ts'
import { troubleOf } from '../../api/trouble.ts'
import { Person } from '../../parts/person.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { NotYet } from '../../parts/states/not-yet.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import type { Whereabouts } from '../../parts/whereabouts/whereabouts.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment, relativeTime } from '../../texts/times.ts'
import classes from './bin.module.css'
import { EndForGood } from './end-for-good.tsx'

/** What was deleted in one place, with what brings it back or ends it. */
export function DeletedList({ place: { root } }: { readonly place: Whereabouts }) {
  const texts = useTexts()
  const { bin, secret } = texts
  const say = useToast()
  const queries = useQueryClient()
  const [ending, setEnding] = useState<Deleted>()
  const query = useDeleted(root)
  const { data, error, isPending, refetch, isFetchingNextPage } = query
  const rows = useMemo(() => data?.pages.flatMap(({ deleted }) => [...deleted]) ?? [], [data])
  const back = useMutation({
    mutationFn: putBack,
    onSuccess: (_, { path }) => say({ text: secret.restored(path.slice(root.length)) }),
    onError: (failed) => {
      const { kind, text } = troubleOf(failed)
      const isTaken = kind === 'refused' && text.startsWith('there is a secret')
      say({ text: isTaken ? bin.taken : texts.troubles[kind].title, tone: 'bad' })
    },
    onSettled: () => refresh(queries),
  })
  const columns = useMemo<Column<Deleted>[]>(
    () => [
      {
        id: 'name',
        title: secret.name,
        value: ({ path }) => path.slice(root.length),
        width: 'minmax(0, 2fr)',
      },
      { id: 'at', title: bin.at, value: ({ at }) => at, cell: ({ at }) => moment(texts, at) },
      {
        id: 'until',
        title: bin.until,
        value: ({ until }) => until,
        cell: ({ until }) =>
          until === '' ? bin.versionKept : relativeTime(texts, Date.parse(until), Date.now()),
      },
      {
        id: 'by',
        title: bin.by,
        value: ({ who }) => who.displayName,
        cell: ({ who }) => who.displayName !== '' && <Person who={who} />,
      },
    ],
    [texts, bin, secret, root],
  )
  if (isPending) return <Loading />
  if (error !== null && data === undefined) return <Trouble error={error} again={() => void refetch()} />
  const more = moreOf(query)
  return (
    <div className={classes.list}>
      <DataTable
        label={bin.label}
        rows={rows}
        columns={columns}
        idOf={({ path, id }) => `${path} ${id}`}
        sortedBy={{ id: 'at', desc: true }}
        more={more}
        actionsWidth="11rem"
        actions={(row) => (
          <Group gap="xs" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp size={16} aria-hidden />}
              loading={back.isPending && back.variables === row}
              aria-label={bin.restoreOf(row.path.slice(root.length))}
              onClick={() => back.mutate(row)}
            >
              {bin.restore}
            </Button>
            <Tooltip label={bin.end}>
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={bin.endOf(row.path.slice(root.length))}
                onClick={() => setEnding(row)}
              >
                <IconTrashX size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </Group>
        )}
        empty={
          more === undefined ? (
            <State icon={IconTrashOff} title={bin.empty} text={bin.emptyText} />
          ) : (
            <NotYet more={more} isLooking={isFetchingNextPage} />
          )
        }
      />
      {ending !== undefined && (
        <EndForGood
          deleted={ending}
          name={ending.path.slice(root.length)}
          close={() => setEnding(undefined)}
        />
      )}
    </div>
  )
}
