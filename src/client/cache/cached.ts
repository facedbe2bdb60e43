import { createHash } from 'node:crypto'
import { wirePath } from '../address.ts'
import { type Answer, openAnswer } from '../answer.ts'
import type { CallOptions } from '../call.ts'
import type { Cache, Fresh } from '../calls.ts'
import { ClientError } from '../error.ts'
import { type Asked, type Book, openBook } from './book.ts'
import { deletionOf, type Entry, mayKeepAnswer, mayKeepPath } from './entry.ts'
import { type Folder, openFolder } from './folder.ts'
import { type Holder, holderFrom, holderText, lookUpHolder } from './holder.ts'
import { readKeyFile } from './key-file.ts'

/** An encrypted cache on disk, for reads while no server can be used. */
export type CacheOptions = {
  /** Made with mode 0700 where it is missing; refused when others can reach it. */
  readonly folder: string
  /** Milliseconds for which an answer may be used; a day if absent, 30 days at most. */
  readonly maxAge?: number
  /**
   * A file (mode 0600) whose content encrypts the cache, instead of the token: for logins that give another token
   * each time. It is made where there is none. Who can read it can open all that is in the cache.
   */
  readonly keyFile?: string
  /** Told of each answer that came from the cache, and why. */
  readonly onUse?: (use: CacheUse) => void
  /** Told what is wrong with the cache, where the work goes on without it. */
  readonly onProblem?: (text: string) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** `age` in seconds. */
export type CacheUse = { readonly path: string; readonly age: number; readonly error: ClientError }

export const defaultMaxAge = 24 * 3_600_000
const longestMaxAge = 30 * defaultMaxAge
/** Milliseconds for the servers, where the cache has an answer. */
const patience = 10_000
/** Milliseconds for which what a server said of a token is not asked again. */
const holderAge = 600_000
/** Of how many tokens that is remembered. */
const maxHolders = 1000

type About = {
  readonly book: Book
  readonly asked: Asked
  readonly token: string
  readonly path: string
  readonly lookup: () => Promise<Answer>
}

type Opened = { readonly folder: Folder; readonly key: Buffer | undefined }

/** @throws ClientError invalid_argument for an age out of bounds */
export function createCache(options: CacheOptions, addresses: readonly URL[]): Cache {
  const { maxAge = defaultMaxAge, now = Date.now, onUse = () => {}, onProblem = () => {} } = options
  if (!(maxAge > 0 && maxAge <= longestMaxAge)) {
    throw new ClientError('invalid_argument', 'the maximum age of the cache is above 0 and at most 30 days')
  }
  const nodes = addresses.map(({ href }) => href).sort()
  const holders = new Map<string, { at: number; found: Promise<Holder> }>()
  let opening: Promise<Opened> | undefined

  const openAll = async (): Promise<Opened> => ({
    folder: await openFolder(options.folder, maxAge),
    key: options.keyFile === undefined ? undefined : await readKeyFile(options.keyFile),
  })

  async function bookOf(token: string): Promise<Book | undefined> {
    opening ??= openAll()
    const { folder, key } = await opening
    if (key === undefined && token === '') return undefined
    return openBook({ folder, secret: key ?? Buffer.from(token), maxAge, now, onProblem })
  }

  /** What is known of a token: from the last ten minutes, or else asked. */
  function holderOf(
    book: Book,
    token: string,
    cluster: string,
    lookup: () => Promise<Answer>,
  ): Promise<Holder> {
    const known = holders.get(token)
    if (known !== undefined && now() - known.at < holderAge) return known.found
    const found = findHolder(book, { cluster, path: 'auth/token/lookup-self', query: digest(token) }, lookup)
    // In the order in which they were asked: the oldest are first.
    holders.delete(token)
    for (const [old, { at }] of holders) {
      if (holders.size < maxHolders && now() - at < holderAge) break
      holders.delete(old)
    }
    holders.set(token, { at: now(), found })
    return found
  }

  async function findHolder(book: Book, asked: Asked, lookup: () => Promise<Answer>): Promise<Holder> {
    const entry = await book.find(asked)
    const kept = entry && holderFrom(entry.body)
    // Root stays root, and a limited token limited: asking again would take another use.
    const isFresh = entry !== undefined && now() - entry.stored < holderAge
    if (kept?.kind === 'keeps nothing' || (kept?.kind === 'keeps' && isFresh)) return kept
    const holder = await lookUpHolder(lookup)
    if (holder.kind === 'keeps' || holder.kind === 'keeps nothing') {
      await book.keep(asked, holderText(holder), undefined)
    }
    // An outage that begins between a read and this is no reason to lose what is kept.
    if (holder.kind !== 'unknown') return holder
    holders.clear()
    return kept ?? holder
  }

  async function readThrough(about: About, ask: (within?: number) => Promise<Fresh>): Promise<Answer> {
    const { book, asked, path } = about
    const kept = await book.find(asked)
    try {
      const fresh = await ask(kept === undefined ? undefined : patience)
      await keep(about, fresh)
      return fresh.answer
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      if (!isOutage(error)) await forget(about, error)
      else if (kept !== undefined) {
        onUse({ path, age: ageOf(kept), error })
        return answerOf(kept, error)
      }
      throw error
    }
  }

  /** What the server refuses, or has not, is not answered from the cache later. */
  async function forget(
    { book, asked, token, lookup }: About,
    { status, denied }: ClientError,
  ): Promise<void> {
    if (status === undefined) return
    await book.drop(asked)
    // Of a token that was revoked nothing stays; one that may only not read this keeps the rest.
    if (status !== 403 || denied !== undefined || token === '' || options.keyFile !== undefined) return
    holders.delete(token)
    if ((await lookUpHolder(lookup)).kind === 'gone') await book.dropAll()
  }

  async function keep({ book, asked, token, lookup }: About, { answer, text }: Fresh): Promise<void> {
    const holder: Holder | undefined =
      token !== '' && mayKeepAnswer(answer, asked.path)
        ? await holderOf(book, token, asked.cluster, lookup)
        : undefined
    if (holder?.kind === 'unknown') return
    if (holder?.kind !== 'keeps') return await book.drop(asked)
    const ends = [deletionOf(answer), options.keyFile === undefined ? holder.ends : undefined]
    const known = ends.filter((end) => end !== undefined)
    await book.keep(asked, text, known.length === 0 ? undefined : Math.min(...known))
  }

  const ageOf = ({ stored }: Entry): number => Math.max(0, Math.floor((now() - stored) / 1000))

  function answerOf(kept: Entry, error: ClientError): Answer {
    const wire = { status: 200, headers: {}, body: kept.body }
    const cached = { stored_time: new Date(kept.stored).toISOString(), age: ageOf(kept) }
    return { ...openAnswer(wire, { method: 'GET', url: error.url ?? '' }), cached }
  }

  return {
    async ask(as, ask, method, path, call) {
      const token = call.token ?? as.token
      const book = await bookOf(token)
      if (book === undefined) return (await ask(method, path, call)).answer
      const cluster = JSON.stringify([nodes, call.namespace ?? as.namespace])
      const clean = wirePath(path).slice('/v1/'.length)
      if (method !== 'GET') return await change(book, cluster, clean, () => ask(method, path, call))
      const isRead = (call.wrapTtl ?? as.wrapTtl) === '' && call.query?.list === undefined
      if (!isRead || !mayKeepPath(clean)) return (await ask(method, path, call)).answer
      const asked: Asked = { cluster, path: clean, query: queryOf(call) }
      const lookup = async () =>
        (await ask('GET', 'auth/token/lookup-self', { token, wrapTtl: '' }, patience)).answer
      const about = { book, asked, token, path, lookup }
      return await readThrough(about, (within) => ask(method, path, call, within))
    },
  }
}

/** A change makes what is kept of its path untrue, also when only its answer was lost. */
async function change(book: Book, cluster: string, path: string, ask: () => Promise<Fresh>): Promise<Answer> {
  try {
    return (await ask()).answer
  } finally {
    if (path === 'auth/token/revoke-self') await book.dropAll()
    for (const changed of changedBy(path)) await book.drop({ cluster, path: changed })
  }
}

/** The paths that a request may change: its own, and where it names a part of KV 2, the data beside it. */
function changedBy(path: string): string[] {
  const segments = path.split('/')
  const beside = segments.flatMap((segment, at) =>
    at > 0 && /^(?:data|metadata|delete|undelete|destroy)$/.test(segment)
      ? ['data', 'metadata'].map((part) => segments.with(at, part).join('/'))
      : [],
  )
  return [...new Set([path, ...beside])]
}

/** Whether no server could be used: none was reached, or it says itself that it cannot serve. */
const isOutage = ({ reason, status = 0 }: ClientError): boolean =>
  reason === 'unreachable' || reason === 'broken' || reason === 'timeout' || (status >= 500 && status !== 501)

/** So that a token never lies in the cache itself, which with a key file others than its holder may open. */
const digest = (token: string): string => createHash('sha256').update(token).digest('hex')

const queryOf = ({ query = {} }: CallOptions): string =>
  JSON.stringify(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)))
