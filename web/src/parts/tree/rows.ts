/** What is known of the names in an open folder. */
export type Branch = {
  readonly names: readonly string[]
  readonly hasMore: boolean
  readonly state: 'loading' | 'there' | 'failed'
}

/** One line of the tree. `level` counts from 1, as ARIA does. */
export type Row = { readonly id: string; readonly folder: string; readonly level: number } & (
  | {
      readonly kind: 'folder'
      readonly name: string
      readonly isOpen: boolean
      /** Among its siblings, from 1; how many there are, or -1 while nobody knows. */
      readonly position: number
      readonly siblings: number
    }
  /** In place of what is in `folder`: it is on its way, or did not come. */
  | { readonly kind: 'loading' | 'failed' }
  /** There may be more folders in `folder`. */
  | { readonly kind: 'more' }
)

/**
 * The lines of a tree of folders, as deep as they are open.
 *
 * @param root the place; folders are paths below it, that of the place itself is empty
 */
export function rowsOf(
  title: string,
  open: ReadonlySet<string>,
  branchOf: (folder: string) => Branch | undefined,
): Row[] {
  const rows: Row[] = []
  const add = (folder: string, name: string, level: number, position: number, siblings: number): void => {
    const isOpen = open.has(folder)
    rows.push({ id: `f ${folder}`, kind: 'folder', folder, name, level, isOpen, position, siblings })
    if (isOpen) inside(folder, level + 1)
  }
  const inside = (folder: string, level: number): void => {
    const branch = branchOf(folder)
    const folders = branch?.names.filter((name) => name.endsWith('/')) ?? []
    const siblings = branch?.hasMore === true ? -1 : folders.length
    for (const [index, name] of folders.entries()) {
      add(folder + name, name.slice(0, -1), level, index + 1, siblings)
    }
    const state = branch?.state ?? 'loading'
    if (state !== 'there') rows.push({ id: `${state} ${folder}`, kind: state, folder, level })
    else if (branch?.hasMore === true) rows.push({ id: `more ${folder}`, kind: 'more', folder, level })
  }
  add('', title, 1, 1, 1)
  return rows
}

/** The folders on the way to one, and itself: `a/b/` has ``, `a/` and `a/b/`. */
export const wayTo = (folder: string): string[] => {
  const parts = folder.split('/').filter((part) => part !== '')
  return [0, ...parts.keys().map((index) => index + 1)].map((length) =>
    parts
      .slice(0, length)
      .map((part) => `${part}/`)
      .join(''),
  )
}

/** What a key does on a line. */
export type Step =
  | { readonly kind: 'to'; readonly index: number }
  | { readonly kind: 'open' | 'close' | 'choose' }
  | undefined

/** As the tree pattern of WAI-ARIA has it. */
export function stepFor(key: string, rows: readonly Row[], at: number): Step {
  const row = rows[at]
  const to = (index: number): Step => ({ kind: 'to', index: Math.min(Math.max(index, 0), rows.length - 1) })
  if (row === undefined) return undefined
  const isOpen = row.kind === 'folder' && row.isOpen
  switch (key) {
    case 'ArrowDown':
      return to(at + 1)
    case 'ArrowUp':
      return to(at - 1)
    case 'Home':
      return to(0)
    case 'End':
      return to(rows.length - 1)
    case 'PageDown':
      return to(at + 10)
    case 'PageUp':
      return to(at - 10)
    case 'ArrowRight':
      if (row.kind !== 'folder') return undefined
      if (!isOpen) return { kind: 'open' }
      return (rows[at + 1]?.level ?? 0) > row.level ? to(at + 1) : undefined
    case 'ArrowLeft':
      if (isOpen) return { kind: 'close' }
      for (let index = at - 1; index >= 0; index--)
        if ((rows[index]?.level ?? 0) < row.level) return to(index)
      return undefined
    case 'Enter':
    case ' ':
      return { kind: 'choose' }
    default:
      return undefined
  }
}
