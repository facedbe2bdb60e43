import type { JsonObject } from '../../base/json/json.ts'
import { type Answer, numberOf, textOf } from '../../client/index.ts'
import { choice } from '../command/flag.ts'
import { showAnswer, showWarnings } from '../output/answer.ts'
import type { Formatted } from '../output/format.ts'
import { daysBetween } from './span.ts'
import {
  listOf,
  peopleCell,
  showList,
  sumBy,
  sumTable,
  tableWithBars,
  tallyCells,
  tallyHeadings,
} from './table.ts'

export const byFlag = {
  by: choice('Add up what came by mount, or by login method, instead.', ['mount', 'method']),
}

type Periods = {
  readonly answer: Answer
  readonly period: 'day' | 'month'
  readonly by: 'mount' | 'method' | undefined
  /** Whether the answer is of one person alone. */
  readonly isMine?: boolean
}

/** Shows requests and people by day or month. */
export async function showPeriods(
  call: Formatted,
  { answer, period, by, isMine = false }: Periods,
): Promise<number> {
  if (answer.wrap_info !== null) {
    return showAnswer({ io: call.io, flags: { ...call.flags, field: undefined } }, answer)
  }
  showWarnings(call, answer)
  const found = listOf(answer.data?.[`${period}s`])
  const none = 'No requests were counted in this time.'
  if (by !== undefined) {
    const what = `${by}s` as const
    const sums = sumBy(found, what)
    return showList(call, sums, { none, asTable: () => sumTable(call, sums, what) })
  }
  const heading = period === 'day' ? 'Day' : 'Month'
  return showList(call, found, {
    none,
    asTable: () => {
      const rows = period === 'day' ? withoutGaps(found) : found
      return tableWithBars(
        call,
        [heading, ...tallyHeadings, ...(isMine ? [] : ['People'])],
        rows.map((row) => [textOf(row[period]), ...tallyCells(row), ...(isMine ? [] : [peopleCell(row)])]),
        rows.map((row) => numberOf(row.requests)),
      )
    },
  })
}

/** Days on which nothing came are left out by the server; between others a table shows them. */
function withoutGaps(found: readonly JsonObject[]): JsonObject[] {
  const byDay = new Map(found.map((row) => [textOf(row.day), row]))
  const days = daysBetween(textOf(found[0]?.day), textOf(found.at(-1)?.day))
  return days.length < byDay.size ? [...found] : days.map((day) => byDay.get(day) ?? { day })
}
