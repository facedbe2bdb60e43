import { useAllowed } from '../../api/acl.ts'
import type { Session } from '../../api/session.ts'
import { type Group, groups, type NavPlace, type View } from '../view.ts'
import { views } from '../views.ts'

export type Placed = View & { readonly place: NavPlace }

/** The views that this person has a use for, as the navigation shows them. */
export function useNavPlaces(session: Session): { group: Group; places: Placed[] }[] {
  const allowed = useAllowed()
  const placed = views
    .filter((view): view is Placed => view.place !== undefined)
    .filter((view) => view.isFor?.({ session, allowed }) ?? true)
    .sort((a, b) => a.place.order - b.place.order)
  return groups
    .map((group) => ({ group, places: placed.filter(({ place }) => place.group === group) }))
    .filter(({ places }) => places.length > 0)
}
