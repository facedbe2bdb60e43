import type { ReactNode } from 'react'

/** One column of a {@link import('./data-table.tsx').DataTable}. */
export type Column<Row> = {
  readonly id: string
  readonly title: string
  /** What rows are sorted and found by; undefined where a row has none. */
  readonly value: (row: Row) => string | number | undefined
  /** Shown in place of the value. */
  readonly cell?: (row: Row) => ReactNode
  /** Its share of the width, as a track of a CSS grid; `minmax(0, 1fr)` without it. */
  readonly width?: string
}
