/** One line of metadata while it is edited. */
export type Pair = { readonly id: string; readonly name: string; readonly text: string }

export const pairsOf = (texts: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(texts).map(([name, text]) => ({ id: name, name, text }))

/** Lines without a name are left out; of two with the same name the last one counts. */
export const textsOfPairs = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map(({ name, text }) => [name.trim(), text] as const).filter(([name]) => name !== ''),
  )
