/** A row that a commit expects: its name, its key in etcd, and the revision that wrote it, 0 for one that is not there. */
export type Expected = { readonly name: string; readonly key: string; readonly revision: bigint }

/** All keys of etcd from one to another, both of which a commit expects. */
export type Stretch = { readonly first: string; readonly last: string }

/**
 * Cuts groups of rows into so many pieces, or into one for each group if that is more, where their keys lie farthest
 * apart: there most other rows can be expected between them.
 *
 * @returns the pieces, and the rows that are one by themselves
 */
export function cut(
  groups: readonly (readonly Expected[])[],
  pieces: number,
): { readonly stretches: readonly Stretch[]; readonly alone: readonly Expected[] } {
  const sorted = groups.map((rows) =>
    rows.map((row) => ({ row, key: Buffer.from(row.key) })).sort((a, b) => Buffer.compare(a.key, b.key)),
  )
  const gaps = sorted.flatMap((rows, group) => {
    const start = alike(rows[0]?.key, rows.at(-1)?.key)
    return rows.slice(1).map(({ key }, i) => ({ group, at: i + 1, width: apart(rows[i]?.key, key, start) }))
  })
  gaps.sort((a, b) => b.width - a.width)
  const cuts = Map.groupBy(gaps.slice(0, Math.max(0, pieces - groups.length)), ({ group }) => group)

  const stretches: Stretch[] = []
  const alone: Expected[] = []
  for (const [group, rows] of sorted.entries()) {
    const ends = (cuts.get(group) ?? []).map(({ at }) => at).sort((a, b) => a - b)
    let from = 0
    for (const to of [...ends, rows.length]) {
      const [first, last] = [rows[from]?.row, rows[to - 1]?.row]
      from = to
      if (first === undefined || last === undefined) continue
      if (first === last) alone.push(first)
      else stretches.push({ first: first.key, last: last.key })
    }
  }
  return { stretches, alone }
}

const none = Buffer.alloc(0)

/** How many bytes two keys begin with alike. */
function alike(a: Buffer = none, b: Buffer = none, start = 0): number {
  let at = start
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** How far apart two keys are, whose first `start` bytes are alike: the logarithm of a part of all that begin so. */
function apart(a: Buffer = none, b: Buffer, start: number): number {
  const at = alike(a, b, start)
  return Math.log2(numberAt(b, at) - numberAt(a, at)) - 8 * (at - start)
}

const numberAt = (key: Buffer, at: number): number =>
  Buffer.concat([key.subarray(at, at + 6)], 6).readUIntBE(0, 6)
