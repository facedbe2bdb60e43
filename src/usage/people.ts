/** By whom something was done, and when (milliseconds since 1970). */
export type Doing = {
  readonly at: number
  readonly displayName: string
  readonly entityId: string
  readonly address?: string
  readonly opened?: true
}

/** What one person did with a secret. Times in milliseconds since 1970. */
export type Person = {
  readonly displayName: string
  /** `''` for a token without an entity; the display name tells such ones apart. */
  readonly entityId: string
  readonly reads: number
  readonly writes: number
  readonly lastRead?: number | undefined
  readonly lastWrite?: number | undefined
  /** From where they came last. Rows of earlier versions have none. */
  readonly address?: string | undefined
  /** When they last came by an opening of the space that the secret lies in. */
  readonly opened?: number | undefined
}

type Changing = { -readonly [field in keyof Person]: Person[field] }

/** People of one secret, the last ones by time; who comes back after others took their place counts anew. */
export const maxPeople = 8

const isSame = (a: Pick<Person, 'entityId' | 'displayName'>, b: Pick<Person, 'entityId' | 'displayName'>) =>
  a.entityId === b.entityId && (a.entityId !== '' || a.displayName === b.displayName)

const lastOf = ({ lastRead = 0, lastWrite = 0 }: Person) => Math.max(lastRead, lastWrite)

/** Counts one use in `people`, which it changes. */
export function countPerson(people: Changing[], kind: 'read' | 'write', use: Doing): void {
  const person = people.find((one) => isSame(one, use)) ?? enter(people, use)
  person.displayName = use.displayName
  if (use.address !== undefined) person.address = use.address
  if (use.opened === true) person.opened = use.at
  if (kind === 'read') {
    person.reads++
    person.lastRead = use.at
  } else {
    person.writes++
    person.lastWrite = use.at
  }
}

function enter(people: Changing[], { displayName, entityId }: Doing): Changing {
  const person = { displayName, entityId, reads: 0, writes: 0 }
  if (people.length < maxPeople) people.push(person)
  else people[oldest(people)] = person
  return person
}

const oldest = (people: readonly Person[]): number =>
  people.reduce((least, one, i) => (lastOf(one) < lastOf(people[least] ?? one) ? i : least), 0)

/** The last of both, the newest first. */
export function joinPeople(a: readonly Person[] = [], b: readonly Person[] = []): Person[] {
  const all = [...a]
  for (const one of b) {
    const at = all.findIndex((other) => isSame(one, other))
    const other = all[at]
    if (other === undefined) all.push(one)
    else all[at] = joinPerson(other, one)
  }
  return all.sort((one, other) => lastOf(other) - lastOf(one)).slice(0, maxPeople)
}

function joinPerson(a: Person, b: Person): Person {
  const [newer, older] = lastOf(b) >= lastOf(a) ? [b, a] : [a, b]
  const address = newer.address ?? older.address
  const opened = later(a.opened, b.opened)
  return {
    displayName: newer.displayName,
    ...(address === undefined ? {} : { address }),
    ...(opened === undefined ? {} : { opened }),
    entityId: a.entityId,
    reads: a.reads + b.reads,
    writes: a.writes + b.writes,
    lastRead: later(a.lastRead, b.lastRead),
    lastWrite: later(a.lastWrite, b.lastWrite),
  }
}

const later = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
