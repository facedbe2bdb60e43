/** How often somebody asked: lists count as reads, deletions as writes; `failed` is what was refused or failed. */
export type Tally = { reads: number; writes: number; failed: number }

/** What one person did in some span of time. Times in milliseconds since 1970, 0 for never. */
export type Person = {
  lastRead: number
  lastWrite: number
  /** By the mount that was asked and the auth mount that the token came from, both by UUID; see {@link cellOf}. */
  readonly cells: Map<string, Tally>
}

/**
 * Requests by person, bounded: an entity's id, `''` for tokens without an entity and for logins, and
 * {@link others} for everybody that there was no room for.
 */
export type People = {
  readonly persons: Map<string, Person>
  /** Persons and cells. */
  size: number
}

/** Stands for people who are not told apart: there are at least as many as there are names beside it. */
export const others = '+'

/** Persons and cells that are told apart. */
export const maxSize = 2000
/** Cells of those who are not told apart; what is beyond is in a cell that names no mount. */
const maxOthers = 500

export const noPeople = (): People => ({ persons: new Map(), size: 0 })

/** @param method the UUID of an auth mount; `''` for logins and for root tokens that no method made */
export const cellOf = (mount: string, method: string) => `${mount}/${method}`

/** Adds to what a person did. Beyond {@link maxSize} it counts for {@link others}, so that no request is lost. */
export function count(
  people: People,
  id: string,
  cell: string,
  { reads, writes, failed }: Readonly<Tally>,
  { lastRead, lastWrite }: { readonly lastRead: number; readonly lastWrite: number },
): void {
  const tally = room(people, id, cell) ?? roomOfOthers(people, cell)
  tally.reads += reads
  tally.writes += writes
  tally.failed += failed
  const person = people.persons.get(id)
  if (person === undefined || !person.cells.has(cell)) return
  if (lastRead > person.lastRead) person.lastRead = lastRead
  if (lastWrite > person.lastWrite) person.lastWrite = lastWrite
}

function room(people: People, id: string, cell: string): Tally | undefined {
  const person = people.persons.get(id)
  const found = person?.cells.get(cell)
  if (found !== undefined) return found
  const more = person === undefined ? 2 : 1
  if (id === others || people.size + more > maxSize) return undefined
  people.size += more
  return enter(people, id, cell)
}

function roomOfOthers(people: People, cell: string): Tally {
  const cells = people.persons.get(others)?.cells
  const name = cells === undefined || cells.has(cell) || cells.size < maxOthers ? cell : cellOf('', '')
  return cells?.get(name) ?? enter(people, others, name)
}

function enter({ persons }: People, id: string, cell: string): Tally {
  let person = persons.get(id)
  if (person === undefined) {
    person = { lastRead: 0, lastWrite: 0, cells: new Map() }
    persons.set(id, person)
  }
  const tally = { reads: 0, writes: 0, failed: 0 }
  person.cells.set(cell, tally)
  return tally
}

/** Adds everything that `more` knows. */
export function merge(people: People, more: People): void {
  for (const [id, { cells, ...last }] of more.persons) {
    for (const [cell, tally] of cells) count(people, id, cell, tally, last)
  }
}
