import { inPlace, searchFor, type Whereabouts } from '../whereabouts/whereabouts.ts'
import type { Results } from './use-results.ts'

type Way = { readonly to: string; readonly search: Readonly<Record<string, string>> }

/** One line of what was found. */
export type Choice =
  | ({ readonly kind: 'place'; readonly place: Whereabouts } & Way)
  | ({
      readonly kind: 'secret'
      readonly place: Whereabouts
      readonly path: string
      readonly folder: string
      readonly name: string
      readonly notes: readonly (readonly [string, string])[]
    } & Way)
  | { readonly kind: 'more' }

/** The lines in their order: places that are called so, secrets by place, and what looks further. */
export function choicesOf({ groups, places, more }: Pick<Results, 'groups' | 'places' | 'more'>): Choice[] {
  return [
    ...places.map((place): Choice => ({ kind: 'place', place, to: place.to, search: place.search })),
    ...groups.flatMap(({ place, found }) =>
      found.map(({ path, notes }): Choice => {
        const way = { to: place.to, search: searchFor(path, place) }
        return { kind: 'secret', place, path, ...inPlace(path, place), notes, ...way }
      }),
    ),
    ...(more === undefined ? [] : [{ kind: 'more' as const }]),
  ]
}

/** The lines with their numbers, each run of one place together. */
export type Run = {
  readonly kind: Choice['kind']
  readonly place: Whereabouts | undefined
  readonly choices: readonly { readonly choice: Choice; readonly index: number }[]
}

export function runsOf(choices: readonly Choice[]): Run[] {
  const runs: {
    kind: Choice['kind']
    place: Whereabouts | undefined
    choices: { choice: Choice; index: number }[]
  }[] = []
  for (const [index, choice] of choices.entries()) {
    const place = choice.kind === 'secret' ? choice.place : undefined
    const last = runs.at(-1)
    if (last !== undefined && last.kind === choice.kind && last.place === place)
      last.choices.push({ choice, index })
    else runs.push({ kind: choice.kind, place, choices: [{ choice, index }] })
  }
  return runs
}
