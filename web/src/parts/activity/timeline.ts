import type { Deed, SpaceEvent } from '../../api/deed.ts'
import { type KnownPlaces, placeOf, searchFor, whereaboutsOf } from '../whereabouts/whereabouts.ts'

/** One thing that happened. */
export type Happening =
  | { readonly kind: 'deed'; readonly key: string; readonly time: string; readonly deed: Deed }
  | { readonly kind: 'event'; readonly key: string; readonly time: string; readonly event: SpaceEvent }

export type Day = { readonly day: string; readonly happenings: readonly Happening[] }

/** Everything in one order, the newest first. */
export function happeningsOf(deeds: readonly Deed[], events: readonly SpaceEvent[]): Happening[] {
  return [
    ...deeds.map((deed, i): Happening => ({ kind: 'deed', key: `deed-${i}`, time: deed.last, deed })),
    ...events.map((event): Happening => ({ kind: 'event', key: event.id, time: event.time, event })),
  ].sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
}

/** The same by days. @param dayOf names the day of a time, as the viewer's zone has it */
export function byDay(happenings: readonly Happening[], dayOf: (time: string) => string): Day[] {
  const days: { day: string; happenings: Happening[] }[] = []
  for (const one of happenings) {
    const day = dayOf(one.time)
    const last = days.at(-1)
    if (last?.day === day) last.happenings.push(one)
    else days.push({ day, happenings: [one] })
  }
  return days
}

export type Spot = { readonly to: string; readonly search: Readonly<Record<string, string>> }

/** Where the page shows a secret; undefined for what has no place. */
export function spotOf(places: KnownPlaces | undefined, { mount, name, way }: Deed): Spot | undefined {
  if (mount === '' || (way === 'locker' && mount === 'cubbyhole/')) return undefined
  const path = mount + name
  const place = placeOf(path, whereaboutsOf(places ?? { own: undefined, shared: [] }, [mount]))
  return place && { to: place.to, search: searchFor(path, place) }
}

/** What to call a secret: without the place that everybody knows it to be in. */
export function shortName(places: KnownPlaces | undefined, { mount, name }: Deed): string {
  const path = mount + name
  const own = places?.own
  return own !== undefined && path.startsWith(own) ? path.slice(own.length) : path
}
