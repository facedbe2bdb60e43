import { compareKeys } from '../../../src/storage/keys.ts'
import type { StorageKey } from '../../../src/storage/store.ts'
import type { CommitOperation, Content, History, Landed, Operation, Page, Seen, SeenRow } from './history.ts'

/**
 * Says where a history is not linearizable: where there is no order of all operations, each at one instant
 * between its beginning and its end, that explains what they were told (Herlihy and Wing, 1990).
 *
 * The store says in which order commits landed, so the check is exact and quick: the states are the commits
 * applied in that order, and each look is put at the first state that it fits, from those on that were known
 * when it began. Earlier is never worse, as it leaves more room for what comes later.
 *
 * @returns what is wrong, in words; empty when all is well
 */
export function checkHistory({ operations, landed, last }: History): string[] {
  const commits = [...landed].sort((a, b) => a.order - b.order)
  const wrong: string[] = []
  const states = replay(commits, wrong)
  checkAnswers(operations, commits, wrong)
  checkPlaces(operations, commits, states, wrong)
  const final = states.at(-1) as State
  const expected = [...final].map(([key, { id, order }]) => `${key} ${id} ${order}`).sort()
  const found = last.map(({ key, id, order }) => `${key} ${id} ${order}`).sort()
  for (const row of difference(expected, found)) wrong.push(`lost write: in the end there is no row ${row}`)
  for (const row of difference(found, expected)) wrong.push(`a row that nothing left there: ${row}`)
  return wrong
}

type State = ReadonlyMap<StorageKey, Landed>

const difference = (all: readonly string[], without: readonly string[]) => {
  const others = new Set(without)
  return all.filter((text) => !others.has(text))
}

/** The states between the commits, beginning with the empty one. */
function replay(commits: readonly Landed[], wrong: string[]): State[] {
  let state: State = new Map()
  const states = [state]
  for (const commit of commits) {
    const conflicts = conflictsIn(state, commit.content)
    if (conflicts.length > 0) {
      wrong.push(
        `lost write: ${commit.id} landed at ${commit.order} though ${conflicts} was not as it expects`,
      )
    }
    const next = new Map(state)
    for (const key of commit.content.delete) next.delete(key)
    for (const key of commit.content.put) next.set(key, commit)
    state = next
    states.push(state)
  }
  return states
}

function conflictsIn(state: State, { expect, expectEmpty }: Content): string[] {
  const rows = expect.filter(({ key, order }) => (state.get(key)?.order ?? null) !== order)
  const keys = [...state.keys()]
  const prefixes = expectEmpty.filter((prefix) => keys.some((key) => key.startsWith(prefix)))
  return [...rows.map(({ key }) => key), ...prefixes]
}

/** What commits were told against what is there. */
function checkAnswers(operations: readonly Operation[], commits: readonly Landed[], wrong: string[]): void {
  const byId = new Map(commits.map((commit) => [commit.id, commit]))
  for (const { what } of operations) {
    if (what.kind !== 'commit' || what.result === 'unknown') continue
    const order = byId.get(what.id)?.order
    if ('conflicts' in what.result) {
      if (order !== undefined) wrong.push(`${what.id} was refused, and landed at ${order}`)
    } else if (order === undefined) {
      wrong.push(`lost write: ${what.id} was acknowledged as ${what.result.order} and is not there`)
    } else if (order !== what.result.order) {
      wrong.push(
        `applied twice: ${what.id} was acknowledged as ${what.result.order} and is there as ${order}`,
      )
    }
  }
}

type Placed = Operation & {
  /** The state that it made, if it is a commit that landed. */
  readonly made: number | undefined
  place: number
}

/** Puts each operation at a state, in an order that respects which ended before which began. */
function checkPlaces(
  operations: readonly Operation[],
  commits: readonly Landed[],
  states: readonly State[],
  wrong: string[],
): void {
  const indexes = new Map(commits.map(({ id }, i) => [id, i + 1]))
  const all: Placed[] = operations
    .filter(({ what }) => what.kind === 'look' || what.result !== 'unknown')
    .map((operation) => ({
      ...operation,
      made: operation.what.kind === 'commit' ? indexes.get(operation.what.id) : undefined,
      place: 0,
    }))
  const latest = latestStates(operations, indexes, states.length - 1)
  // What begins and ends at the same time goes on at the same time.
  const events = all
    .flatMap((operation) => [
      { at: operation.from, begins: true, operation },
      { at: operation.to, begins: false, operation },
    ])
    .sort((a, b) => a.at - b.at || Number(b.begins) - Number(a.begins))
  let known = 0
  for (const { begins, operation } of events) {
    if (!begins) known = Math.max(known, operation.place)
    else operation.place = place(operation, known, latest(operation.to))
  }

  function place(operation: Placed, first: number, end: number): number {
    const { process, what, made } = operation
    const saw = `${process} ${what.kind === 'commit' ? `committed ${what.id}` : `saw ${describe(what.seen)}`}`
    if (made !== undefined) {
      if (made <= first) wrong.push(`${saw}, which landed before what was known when it began`)
      return made
    }
    for (let at = first; at <= end; at++) if (explains(states[at] as State, what)) return at
    const at = states.findIndex((state) => explains(state, what))
    if (at < 0) wrong.push(`${saw}, which was never so`)
    else if (at < first)
      wrong.push(`stale read: ${saw}, which was so at ${at}, and ${first} was known when it began`)
    else wrong.push(`${saw}, which was so at ${at} only, begun after it ended`)
    return first
  }
}

/** Up to which state an operation can have seen that ended at a time: what begins later comes later. */
function latestStates(
  operations: readonly Operation[],
  indexes: ReadonlyMap<string, number>,
  end: number,
): (to: number) => number {
  const begun = operations
    .flatMap(({ what, from }) => {
      const index = what.kind === 'commit' ? indexes.get(what.id) : undefined
      return index === undefined ? [] : [{ from, before: index - 1 }]
    })
    .sort((a, b) => b.from - a.from)
  for (const [i, commit] of begun.entries()) {
    commit.before = Math.min(commit.before, begun[i - 1]?.before ?? end)
  }
  begun.reverse()
  return (to) => {
    let [low, high] = [0, begun.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((begun[middle]?.from as number) > to) high = middle
      else low = middle + 1
    }
    return begun[low]?.before ?? end
  }
}

function explains(state: State, what: Operation['what']): boolean {
  if (what.kind === 'commit') return isSame(conflictsIn(state, what.content), conflictsOf(what))
  return what.seen.every((seen) => {
    if (seen.kind === 'row') return isRow(state.get(seen.key), seen.row)
    if (seen.kind === 'list') return isSame(namesIn(state, seen.prefix, seen.page), seen.names)
    const keys = [...state.keys()].filter((key) => key.startsWith(seen.prefix))
    return keys.length === seen.rows.length && seen.rows.every((row) => isRow(state.get(row.key), row))
  })
}

const conflictsOf = ({ result }: CommitOperation) =>
  typeof result === 'object' && 'conflicts' in result ? result.conflicts : []
const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((x, i) => x === b[i])
const isRow = (there: Landed | undefined, seen: Omit<SeenRow, 'key'> | null) =>
  seen === null ? there === undefined : there?.id === seen.id && there.order === seen.order

function namesIn(state: State, prefix: string, { after, limit }: Page): string[] {
  const names = new Set<string>()
  for (const key of state.keys()) {
    if (key.startsWith(prefix)) names.add(/^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? '')
  }
  return [...names]
    .sort(compareKeys)
    .filter((name) => compareKeys(name, after) > 0)
    .slice(0, limit)
}

function describe(seen: readonly Seen[]): string {
  const parts = seen.map((one) => {
    if (one.kind === 'row')
      return `${one.key} = ${one.row === null ? 'nothing' : `${one.row.id} ${one.row.order}`}`
    return `${one.kind} ${one.prefix} = ${one.kind === 'list' ? one.names : one.rows.map(({ key }) => key)}`
  })
  return parts.join(', ')
}
