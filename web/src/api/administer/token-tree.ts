import type { Token } from './token.ts'

/** A token and all that end with it, from the top downwards. */
export function treeOf(top: Token, all: readonly Token[]): Token[] {
  const found = [top]
  const children = Map.groupBy(all, ({ parent }) => parent)
  for (let at = 0; at < found.length; at++) {
    const one = found[at]
    if (one !== undefined) found.push(...(children.get(one.accessor) ?? []))
  }
  return found
}

/** The accessors of a token and of all that it ends with. */
export function lineOf(accessor: string, all: readonly Token[]): ReadonlySet<string> {
  const parents = new Map(all.map((token) => [token.accessor, token.parent]))
  const line = new Set<string>()
  for (let at = accessor; at !== '' && !line.has(at); at = parents.get(at) ?? '') line.add(at)
  return line
}

/** Of several tokens those that are to be ended for all to end, since the others end with them. */
export function topsOf(tokens: readonly Token[]): Token[] {
  const accessors = new Set(tokens.map(({ accessor }) => accessor))
  return tokens.filter(({ parent }) => !accessors.has(parent))
}
