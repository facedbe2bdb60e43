import { fail } from '../../base/errors.ts'
import type { UsageSpan } from '../../client/index.ts'
import { type FlagValues, text, whole } from '../command/flag.ts'
import type { Io } from '../io.ts'

const dayLength = 24 * 3600_000

export const spanFlags = {
  days: whole('The last so many days, up to today or -end; 30 if absent.'),
  start: text('The first day, such as 2030-01-31, in UTC.', 'day'),
  end: text('The last day; today if absent.', 'day'),
}

/** @throws invalid_request when the flags do not make a span */
export function spanOf({ days, start, end }: FlagValues<typeof spanFlags>, io: Io): UsageSpan {
  if (days !== undefined && start !== undefined)
    fail('invalid_request', '-days and -start exclude each other')
  const until = end === undefined ? {} : { end }
  if (days === undefined) return { ...until, ...(start !== undefined && { start }) }
  const last = end === undefined ? io.now() : Date.parse(end)
  const first = last - (days - 1) * dayLength
  if (days < 1 || !(first >= 0)) fail('invalid_request', '-days and -end make no span of days')
  return { ...until, start: dayText(first) }
}

export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** All days from the first to the last, both included. */
export function daysBetween(first: string, last: string): string[] {
  const count = (Date.parse(last) - Date.parse(first)) / dayLength
  // What a server sends is no reason to fill the memory.
  if (!(count >= 0 && count < 1000)) return [first]
  return Array.from({ length: Math.floor(count) + 1 }, (_, i) => dayText(Date.parse(first) + i * dayLength))
}
