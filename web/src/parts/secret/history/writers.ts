/** Milliseconds between a version and the note that somebody wrote it, at most. */
const apart = 1000

type Written = { readonly number: number; readonly created: string }
type Writer<Who> = { readonly who: Who; readonly lastWrite: string }

/**
 * Who wrote which version, as far as it is known: what is kept is when each of the last people wrote last. Of a
 * version that could be of two, nothing is said.
 */
export function writersOf<Who>(
  versions: readonly Written[],
  people: readonly Writer<Who>[],
): ReadonlyMap<number, Who> {
  const found = new Map<number, Who | undefined>()
  for (const { who, lastWrite } of people) {
    const number = nearest(versions, Date.parse(lastWrite))
    if (number !== undefined) found.set(number, found.has(number) ? undefined : who)
  }
  return new Map([...found].filter((pair): pair is [number, Who] => pair[1] !== undefined))
}

function nearest(versions: readonly Written[], time: number): number | undefined {
  const near = versions
    .map(({ number, created }) => ({ number, distance: Math.abs(Date.parse(created) - time) }))
    .filter(({ distance }) => distance <= apart)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.number
}
