import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Column } from './column.ts'
import classes from './data-table.module.css'

type Props<Row> = {
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly idOf: (row: Row) => string
  readonly actions: ((row: Row) => ReactNode) | undefined
  readonly actionsWidth: string
  readonly more: (() => void) | undefined
  readonly head: ReactNode
}

/** Pixels of a row with one line. */
const usualHeight = 48

export function Rows<Row>({ label, rows, columns, idOf, actions, actionsWidth, more, head }: Props<Row>) {
  const scrolled = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrolled.current,
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : idOf(row)
    },
    estimateSize: () => usualHeight,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - 20) more?.()
  }, [last, rows.length, more])
  const tracks = [
    ...columns.map(({ width }) => width ?? 'minmax(0, 1fr)'),
    ...(actions === undefined ? [] : [actionsWidth]),
  ].join(' ')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard, though no row has a link
    <section ref={scrolled} className={classes.scrolled} tabIndex={0} aria-label={label}>
      <table
        aria-label={label}
        aria-rowcount={more === undefined ? rows.length + 1 : -1}
        className={classes.table}
        style={{ '--tracks': tracks } as Record<string, string>}
      >
        {head}
        <tbody className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, key }) => {
            const row = rows[index]
            return (
              row !== undefined && (
                <tr
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  aria-rowindex={index + 2}
                  className={`${classes.row} ${classes.item}`}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {columns.map(({ id, title, value, cell }) => (
                    <td key={id} className={classes.cell}>
                      <span className={classes.title} aria-hidden>
                        {title}
                      </span>
                      <div className={classes.value}>{cell?.(row) ?? <bdi>{value(row)}</bdi>}</div>
                    </td>
                  ))}
                  {actions !== undefined && <td className={classes.actions}>{actions(row)}</td>}
                </tr>
              )
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
