/** A place of the page, as people know it. */
export type Whereabouts = {
  readonly kind: 'own' | 'vo' | 'mount'
  /** That of a virtual organisation, or the mount without its slash; empty for one's own space. */
  readonly label: string
  /** With its mount and a slash at the end. */
  readonly root: string
  /** The path of the view that shows it, and what names it in the query of the address. */
  readonly to: string
  readonly search: Readonly<Record<string, string>>
}

/** What is known of where somebody keeps secrets; paths with their mount and a slash at the end. */
export type KnownPlaces = {
  readonly own: string | undefined
  readonly shared: readonly { readonly name: string; readonly title: string; readonly path: string }[]
}

/** All places, those that are somebody's own first. @param mounts with a slash at their end */
export function whereaboutsOf({ own, shared }: KnownPlaces, mounts: readonly string[]): Whereabouts[] {
  return [
    ...(own === undefined ? [] : [{ kind: 'own' as const, label: '', root: own, to: '/space', search: {} }]),
    ...shared.map(({ name, title, path }) => ({
      kind: 'vo' as const,
      label: title,
      root: path,
      to: `/vos/${encodeURIComponent(name)}`,
      search: {},
    })),
    ...mounts.map((path) => ({
      kind: 'mount' as const,
      label: path.replace(/\/$/, ''),
      root: path,
      to: '/places/at',
      search: { at: path },
    })),
  ]
}

/** Which of the places a path with its mount lies in: the innermost. */
export const placeOf = (path: string, all: readonly Whereabouts[]): Whereabouts | undefined =>
  all
    .filter(({ root }) => path.startsWith(root))
    .reduce<Whereabouts | undefined>(
      (best, one) => (one.root.length > (best?.root.length ?? -1) ? one : best),
      undefined,
    )

/** A path as a place has it: the folder below the place, empty or with a slash at its end, and the name. */
export function inPlace(
  path: string,
  { root }: Whereabouts,
): { readonly folder: string; readonly name: string } {
  const below = path.slice(root.length)
  const cut = below.lastIndexOf('/') + 1
  return { folder: below.slice(0, cut), name: below.slice(cut) }
}

/** The query of the address that shows a secret in its place. */
export function searchFor(path: string, place: Whereabouts): Readonly<Record<string, string>> {
  const { folder, name } = inPlace(path, place)
  return { ...place.search, ...(folder !== '' && { folder }), ...(name !== '' && { secret: name }) }
}
