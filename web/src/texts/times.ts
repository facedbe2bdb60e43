import type { Texts } from './texts.ts'

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** How much of a unit may be missing where it counts as whole: what was made for a day a moment ago ends in a day. */
const tolerance = 0.01

/** A time as seen from now, such as "in 5 minutes". @param time milliseconds since 1970 */
export function relativeTime(texts: Texts, time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000)
  const within = (span: number) => Math.trunc(seconds / span + Math.sign(seconds) * tolerance)
  const [unit, size] = units.find(([, span]) => within(span) !== 0) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(texts.code, { numeric: 'auto' }).format(within(size), unit)
}

/** The language of the texts as it is written where the browser says that its user is, such as `en-GB`. */
export const localeOf = ({ code }: Texts, languages: readonly string[] = navigator.languages): string =>
  languages.find((tag) => tag.startsWith(`${code}-`)) ?? code

/** A moment in the viewer's own zone. @param time RFC 3339 */
export const moment = (texts: Texts, time: string): string =>
  new Intl.DateTimeFormat(localeOf(texts), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time))

/** The time of day in the viewer's own zone. @param time RFC 3339 */
export const timeOfDay = (texts: Texts, time: string): string =>
  new Intl.DateTimeFormat(localeOf(texts), { timeStyle: 'short' }).format(new Date(time))

/** A day in the viewer's own zone, in full. @param time RFC 3339 */
export const fullDay = (texts: Texts, time: string): string =>
  new Intl.DateTimeFormat(localeOf(texts), { dateStyle: 'full' }).format(new Date(time))
