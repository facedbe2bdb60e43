import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Table } from '@tanstack/react-table'
import { useTexts } from '../../texts/texts.ts'
import type { Features } from './arrange.ts'
import classes from './data-table.module.css'

type Props<Row extends object> = {
  readonly table: Pick<Table<Features, Row>, 'getFlatHeaders'>
  readonly hasActions: boolean
}

const orders = { asc: 'ascending', desc: 'descending' } as const

/** The titles of the columns, each of which sorts. */
export function Head<Row extends object>({ table, hasActions }: Props<Row>) {
  const { table: texts } = useTexts()
  return (
    <thead className={classes.thead}>
      <tr className={`${classes.row} ${classes.head}`} aria-rowindex={1}>
        {table.getFlatHeaders().map(({ id, column }) => {
          const sorted = column.getIsSorted()
          const Arrow = sorted === 'desc' ? IconArrowDown : IconArrowUp
          return (
            <th key={id} scope="col" aria-sort={sorted === false ? 'none' : orders[sorted]}>
              <button type="button" className={classes.sort} onClick={() => column.toggleSorting()}>
                {String(column.columnDef.header)}
                {sorted !== false && <Arrow size={14} aria-hidden />}
              </button>
            </th>
          )
        })}
        {hasActions && (
          <th scope="col">
            <span className="unseen">{texts.actions}</span>
          </th>
        )}
      </tr>
    </thead>
  )
}
