/** What became of one recorded conversation. */
export type Outcome = { readonly area: string; readonly name: string; readonly ok: boolean }

/** The conversations that are not expected to pass yet, as `AREA: NAME`. */
export type NotBuilt = ReadonlySet<string>

const header = /^# at most (\d+)$/

/** The line that stands for a conversation in the list. */
export const lineOf = ({ area, name }: Outcome): string => `${area}: ${name}`

/**
 * Reads the list: a first line `# at most N`, where N is the number of lines after it. The number has to be
 * changed by hand with every line, so that no merge and no slip makes the list longer unseen.
 */
export function parseNotBuilt(text: string): NotBuilt {
  const [first = '', ...lines] = text.trimEnd().split('\n')
  const [, limit] = header.exec(first) ?? []
  if (limit === undefined) throw new Error('the list begins with a line "# at most N"')
  const names = new Set(lines)
  if (names.size !== lines.length) throw new Error('the list names a conversation twice')
  if (lines.length !== Number(limit)) {
    throw new Error(`the list says "at most ${limit}" and holds ${lines.length} lines; it only ever shrinks`)
  }
  return names
}

export function formatNotBuilt(names: Iterable<string>): string {
  const lines = [...names]
  return `${[`# at most ${lines.length}`, ...lines].join('\n')}\n`
}

/** The lines of the list that are still right after a run: it never grows. */
export function shrink(list: NotBuilt, outcomes: readonly Outcome[]): string[] {
  const passed = new Set(outcomes.filter(({ ok }) => ok).map(lineOf))
  return [...list].filter((line) => !passed.has(line))
}

/** What is wrong with a run, one text each; none when every conversation ended as the list says. */
export function complaints(list: NotBuilt, outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    const line = lineOf(outcome)
    if (!outcome.ok && !list.has(line)) return [`fails: ${line}`]
    if (outcome.ok && list.has(line)) return [`passes, so remove it from not-built.txt: ${line}`]
    return []
  })
}
