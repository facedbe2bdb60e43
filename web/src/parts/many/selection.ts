/** Names that were chosen in a list, and the one from which shift chooses. */
export type Selection = { readonly chosen: ReadonlySet<string>; readonly anchor: string | undefined }

export const nothing: Selection = { chosen: new Set(), anchor: undefined }

/** Chooses a name, or takes it back. */
export function toggled({ chosen }: Selection, name: string): Selection {
  const next = new Set(chosen)
  if (!next.delete(name)) next.add(name)
  return { chosen: next, anchor: name }
}

/** Chooses all from the anchor to a name, both with it. @param names in the order of the list */
export function upTo(before: Selection, name: string, names: readonly string[]): Selection {
  const from = before.anchor === undefined ? -1 : names.indexOf(before.anchor)
  const to = names.indexOf(name)
  if (from < 0 || to < 0) return { ...toggled(before, name), chosen: new Set([...before.chosen, name]) }
  const range = names.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { chosen: new Set([...before.chosen, ...range]), anchor: before.anchor }
}

/** Those of the chosen that are in the list. */
export function still({ chosen, anchor }: Selection, names: readonly string[]): Selection {
  if (chosen.size === 0) return { chosen, anchor }
  const there = names.filter((name) => chosen.has(name))
  return there.length === chosen.size ? { chosen, anchor } : { chosen: new Set(there), anchor }
}
