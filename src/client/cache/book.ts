import { ClientError } from '../error.ts'
import { type Entry, maxEntryBytes, readEntry, writeEntry } from './entry.ts'
import type { Folder } from './folder.ts'
import { namer, open, seal } from './seal.ts'

/** Where an answer came from, and what was asked. */
export type Asked = {
  /** The addresses of the cluster, in order, and the namespace. */
  readonly cluster: string
  /** Encoded, without `/v1/` and query. */
  readonly path: string
  readonly query: string
}

/** The entries that one secret opens. */
export type Book = {
  /** Undefined when there is none that may still be used. */
  find(asked: Asked): Promise<Entry | undefined>
  /** @param ends when it is no answer any more whatever its age, in milliseconds since 1970 */
  keep(asked: Asked, body: string, ends: number | undefined): Promise<void>
  /** Removes what is known of a path, whatever its query. */
  drop(asked: Pick<Asked, 'cluster' | 'path'>): Promise<void>
  /** Removes everything that this secret opens. */
  dropAll(): Promise<void>
}

type BookOptions = {
  readonly folder: Folder
  readonly secret: Buffer
  /** Milliseconds. */
  readonly maxAge: number
  readonly now: () => number
  /** What did not work, where the work goes on without it. */
  readonly onProblem: (text: string) => void
}

/** How far in the future an entry may have been stored: clocks are set. */
const skew = 60_000

export function openBook({ folder, secret, maxAge, now, onProblem }: BookOptions): Book {
  const name = namer(secret)
  const shelf = name('secret')
  const prefix = ({ cluster, path }: Pick<Asked, 'cluster' | 'path'>) =>
    `${shelf}-${name('path', cluster, path)}`
  const fileOf = (asked: Asked) => `${prefix(asked)}-${name('query', asked.query)}`
  const whole = ({ cluster, path, query }: Asked) => JSON.stringify([cluster, path, query])

  async function tried<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException // what is not ours is the file system's
      onProblem(
        error instanceof ClientError ? error.message : `the cache cannot ${what} (${code ?? 'error'})`,
      )
      return undefined
    }
  }

  return {
    find: (asked) =>
      tried('read what it has', async () => {
        const file = fileOf(asked)
        const sealed = await folder.read(file)
        if (sealed === undefined) return undefined
        const plain = open(secret, file, sealed)
        const entry = plain === undefined ? undefined : readEntry(plain, whole(asked))
        if (entry === undefined) {
          onProblem(
            `the file ${file} of the cache was changed, cut or put in another one's place; it is not used`,
          )
          return undefined
        }
        const age = now() - entry.stored
        const isOver = entry.ends !== undefined && entry.ends <= now()
        if (age <= maxAge && age >= -skew && !isOver) return entry
        await folder.remove(file)
        return undefined
      }),
    keep: async (asked, body, ends) => {
      const plain = writeEntry({ asked: whole(asked), stored: now(), ends, body })
      if (plain.length > maxEntryBytes) return await drop(asked)
      const file = fileOf(asked)
      await tried('keep an answer', () => folder.write(file, seal(secret, file, plain)))
    },
    drop,
    dropAll: async () => void (await tried('remove what it has', () => folder.remove(shelf))),
  }

  async function drop(asked: Pick<Asked, 'cluster' | 'path'>): Promise<void> {
    await tried('remove an answer', () => folder.remove(`${prefix(asked)}-`))
  }
}
