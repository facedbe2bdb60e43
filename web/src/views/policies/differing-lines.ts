/** The lines of two texts between those with which both begin and those with which both end. */
export function differingLines(a: string, b: string): readonly [readonly string[], readonly string[]] {
  const [one, other] = [a.split('\n'), b.split('\n')]
  const shorter = Math.min(one.length, other.length)
  let start = 0
  while (start < shorter && one[start] === other[start]) start++
  let end = 0
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++
  return [one.slice(start, one.length - end), other.slice(start, other.length - end)]
}
