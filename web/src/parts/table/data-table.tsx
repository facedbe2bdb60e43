import { CloseButton, Text, TextInput } from '@mantine/core'
import { IconFilterOff, IconSearch } from '@tabler/icons-react'
import { useTable } from '@tanstack/react-table'
import { type ReactNode, useMemo, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { State } from '../states/state.tsx'
import { anywhere, definitions, features } from './arrange.ts'
import type { Column } from './column.ts'
import classes from './data-table.module.css'
import { Head } from './head.tsx'
import { Rows } from './rows.tsx'

type Props<Row> = {
  /** What the rows are, for who does not see them: "Policies". */
  readonly label: string
  /** The same list until it changes, as the columns. */
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly idOf: (row: Row) => string
  /** Buttons and links of a row, at its end. */
  readonly actions?: (row: Row) => ReactNode
  /** The width of that column, in CSS; each row is a grid of its own, so it cannot follow from what is in it. */
  readonly actionsWidth?: string
  /** The column that rows are sorted by at first, and whether from the end. */
  readonly sortedBy?: { readonly id: string; readonly desc?: boolean }
  /** Brings more rows, where there are more. */
  readonly more?: (() => void) | undefined
  /** Beside the filter: buttons for all rows. */
  readonly tools?: ReactNode
  /** Without rows, in place of the table. */
  readonly empty: ReactNode
}

/**
 * Rows of one kind, sorted by a click on a column, found by what is typed; only those in sight exist. On a phone
 * each row is a card.
 */
export function DataTable<Row extends object>(props: Props<Row>) {
  const { label, rows, columns, idOf, actions, actionsWidth = '6rem', sortedBy, more, tools, empty } = props
  const { table: texts } = useTexts()
  const [filter, setFilter] = useState('')
  const [sorting, setSorting] = useState(
    sortedBy === undefined ? [] : [{ id: sortedBy.id, desc: sortedBy.desc === true }],
  )
  const defined = useMemo(() => definitions(columns), [columns])
  const globalFilterFn = useMemo(() => anywhere<Row>(), [])
  const table = useTable({
    features,
    columns: defined,
    data: rows,
    getRowId: idOf,
    state: { globalFilter: filter.trim(), sorting },
    onSortingChange: setSorting,
    globalFilterFn,
    getColumnCanGlobalFilter: () => true,
    enableSortingRemoval: false,
    enableMultiSort: false,
  })
  const shown = table.getRowModel().rows
  if (rows.length === 0) return empty
  return (
    <div className={classes.whole}>
      <div className={classes.tools}>
        <TextInput
          className={classes.filter ?? ''}
          data-key="f"
          aria-label={texts.filter(label)}
          placeholder={texts.filter(label)}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={
            filter !== '' && <CloseButton size="sm" aria-label={texts.clear} onClick={() => setFilter('')} />
          }
          value={filter}
          onChange={({ currentTarget }) => setFilter(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Escape' && setFilter('')}
        />
        {tools}
      </div>
      {shown.length === 0 ? (
        <State icon={IconFilterOff} title={texts.none} text={texts.noneText} />
      ) : (
        <Rows
          label={label}
          rows={shown.map(({ original }) => original)}
          columns={columns}
          idOf={idOf}
          actions={actions}
          actionsWidth={actionsWidth}
          more={more}
          head={<Head table={table} hasActions={actions !== undefined} />}
        />
      )}
      <Text className={classes.count} size="xs" c="dimmed" role="status">
        {texts.count(shown.length, more !== undefined)}
      </Text>
    </div>
  )
}
