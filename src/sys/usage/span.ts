import type { Context } from '../../backend/context.ts'
import { field } from '../../backend/routes/fields.ts'
import { fail } from '../../base/errors.ts'
import { lastInMonth, singleDays } from '../../usage/days/record.ts'
import { dayOf } from '../../usage/record.ts'

const dayLength = 24 * 3600_000
/** Days of an answer to who names none. */
const standardDays = 30

export const spanFields = {
  start: field.string('The first day, as 2030-01-31 (UTC); 29 days before the last without it.'),
  end: field.string('The last day, as 2030-01-31 (UTC); today without it.'),
}

/** The days that a request asks about, in order. @throws invalid_request */
export function daysAsked(
  fields: { start?: string | undefined; end?: string | undefined },
  { clock, warn }: Pick<Context, 'clock' | 'warn'>,
): string[] {
  const now = clock.now()
  const end = fields.end === undefined ? Math.floor(now / dayLength) : parse('end', fields.end)
  const start = fields.start === undefined ? end - standardDays + 1 : parse('start', fields.start)
  if (start > end) fail('invalid_request', 'start is after end')
  if (end - start >= singleDays) {
    fail(
      'invalid_request',
      `from start to end are more than ${singleDays} days, which is how many are kept one by one`,
    )
  }
  if (dayOf(start * dayLength) <= lastInMonth(now)) {
    warn(`days up to ${lastInMonth(now)} are no longer kept one by one: see sys/usage/months`)
  }
  return Array.from({ length: end - start + 1 }, (_, i) => dayOf((start + i) * dayLength))
}

function parse(name: string, text: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  // Some engines take the 30th of February for a day in March.
  if (Number.isNaN(at) || dayOf(at) !== text)
    fail('invalid_request', `${name} must be a day, such as 2030-01-31`)
  return at / dayLength
}
