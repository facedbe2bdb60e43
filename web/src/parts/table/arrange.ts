import {
  type ColumnDef,
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  type FilterFn,
  globalFilteringFeature,
  rowSortingFeature,
  type SortFn,
  tableFeatures,
} from '@tanstack/react-table'
import type { Column } from './column.ts'

export const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
})
export type Features = typeof features

type Value = string | number | undefined

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Numbers by size, texts as people sort them, numbers before texts. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number') return -1
  if (typeof b === 'number') return 1
  return collator.compare(a ?? '', b ?? '')
}

/** Whether a value holds a text, in capitals or not. */
export const holds = (value: Value, text: string): boolean =>
  value !== undefined && String(value).toLowerCase().includes(text.trim().toLowerCase())

/** The columns as the library takes them. */
export function definitions<Row extends object>(columns: readonly Column<Row>[]): ColumnDef<Features, Row>[] {
  const sortFn: SortFn<Features, Row> = (a, b, id) =>
    compareValues(a.getValue<Value>(id), b.getValue<Value>(id))
  return columns.map(({ id, title, value }) => ({
    id,
    header: title,
    accessorFn: value,
    sortFn,
    sortUndefined: 'last',
    sortDescFirst: false,
  }))
}

/** Finds rows of which some value holds the text. */
export const anywhere = <Row extends object>(): FilterFn<Features, Row> => {
  return (row, id, text: string) => holds(row.getValue<Value>(id), text)
}
