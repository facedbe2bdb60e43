import type { JsonObject } from '../../base/json/json.ts'
import { numberOf, objectOf } from '../../client/index.ts'
import { cell } from '../output/cell.ts'
import { type Formatted, formatOf, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { type Row, table } from '../output/table.ts'
import { bars } from './bars.ts'

export const tallyHeadings = ['Requests', 'Reads', 'Writes', 'Failed'] as const

/** Of what an answer counts: requests, reads, writes and failures. */
export const tallyCells = (counts: JsonObject): string[] =>
  tallyHeadings.map((heading) => String(numberOf(counts[heading.toLowerCase()])))

/** A number of people, with a plus where there may be more. */
export const peopleCell = (counts: JsonObject): string =>
  `${numberOf(counts.people)}${counts.people_is_lower_bound === true ? '+' : ''}`

/** Columns that the table gives up before its bars have no room at all. */
const leastBar = 8
const mostBar = 32

/** A table, and on a terminal a bar behind each row for its number of requests. */
export function tableWithBars(
  call: Formatted,
  headings: Row,
  rows: readonly Row[],
  numbers: readonly number[],
) {
  const plain = table(headings, rows)
  const { stdout } = call.io
  const room = (stdout.columns || 80) - Math.max(...plain.split('\n').map((line) => [...line].length)) - 4
  if (stdout.isTTY !== true || room < leastBar) return plain
  const drawn = bars(numbers, Math.min(room, mostBar))
  return table(
    [...headings, ''],
    rows.map((row, i) => [...row, drawn[i] ?? '']),
  )
}

/**
 * Shows a list; JSON and YAML are a list also when there is nothing.
 *
 * @returns the exit code; 2 when there is nothing
 */
export async function showList(
  call: Formatted,
  found: readonly JsonObject[],
  { none, asTable }: { readonly none: string; readonly asTable: () => string },
): Promise<number> {
  if (found.length === 0 && formatOf(call) === 'table') note(call.io, none)
  else await show(call, [...found], asTable)
  return found.length === 0 ? 2 : 0
}

/** A time, or that there is none. */
export const timeCell = (value: JsonObject[string] | undefined): string =>
  value === undefined || value === null ? 'n/a' : cell(value)

/** The requests by mount, or by login method, of all rows of an answer together. */
export function sumBy(found: readonly JsonObject[], what: 'mounts' | 'methods'): JsonObject[] {
  const sums = new Map<string, JsonObject>()
  for (const part of found.flatMap((one) => listOf(one[what]))) {
    const key = cell(part.uuid)
    const before = sums.get(key) ?? {}
    const names = tallyHeadings.map((heading) => heading.toLowerCase())
    const counts = names.map((name) => [name, numberOf(before[name]) + numberOf(part[name])])
    const { path = null, type = null, uuid = null } = part
    sums.set(key, { path, type, uuid, ...Object.fromEntries(counts) })
  }
  return [...sums.values()].sort((a, b) => numberOf(b.requests) - numberOf(a.requests))
}

export const listOf = (value: JsonObject[string] | undefined): JsonObject[] =>
  Array.isArray(value) ? value.map(objectOf) : []

/** The table of `sumBy`. */
export const sumTable = (call: Formatted, sums: readonly JsonObject[], what: 'mounts' | 'methods'): string =>
  tableWithBars(
    call,
    [what === 'mounts' ? 'Mount' : 'Login', 'Type', ...tallyHeadings],
    sums.map((sum) => [nameOf(sum), timeCell(sum.type), ...tallyCells(sum)]),
    sums.map((sum) => numberOf(sum.requests)),
  )

/** What is gone has but its UUID, and what came without a login not even that. */
const nameOf = ({ path, uuid }: JsonObject): string => cell(path ?? '') || cell(uuid ?? '') || 'none'
