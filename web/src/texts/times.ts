import type { Texts } from './texts.ts'

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** A time as seen from now, such as "in 5 minutes". @param time milliseconds since 1970 */
export function relativeTime(texts: Texts, time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000)
  const [unit, size] = units.find(([, span]) => Math.abs(seconds) >= span) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(texts.code, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit)
}

/** A moment in the viewer's own zone. @param time RFC 3339 */
export const moment = (texts: Texts, time: string): string =>
  new Intl.DateTimeFormat(texts.code, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time))

/** The time of day in the viewer's own zone. @param time RFC 3339 */
export const timeOfDay = (texts: Texts, time: string): string =>
  new Intl.DateTimeFormat(texts.code, { timeStyle: 'short' }).format(new Date(time))

/** A day in the viewer's own zone, in full. @param time RFC 3339 */
export const fullDay = (texts: Texts, time: string): string =>
  new Intl.DateTimeFormat(texts.code, { dateStyle: 'full' }).format(new Date(time))
