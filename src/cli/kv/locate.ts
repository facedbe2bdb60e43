import { fail } from '../../base/errors.ts'
import { type Answer, type Api, ClientError, type KvMount, kvPath, type Listing } from '../../client/index.ts'
import { text } from '../command/flag.ts'

export const mountFlag = {
  mount: text(
    'Where the KV engine is mounted; PATH is then below it. Without this flag PATH begins with the mount.',
    'path',
  ),
}

/** Where a secret is: the engine's mount and the path below it. */
export type Place = { readonly mount: KvMount; readonly path: string }

/** A place whose engine's version the server did not tell: it is found out by trying. */
type Guess = { readonly mountPath: string; readonly path: string }

export type Location = { readonly known: Place } | { readonly guess: Guess }

/**
 * Finds the engine that a path lies in. Where the server does not say (the token may not see the mount), the
 * first segment is taken for the mount.
 *
 * @throws invalid_request for an empty path
 */
export async function locate(api: Api, path: string, mount: string | undefined): Promise<Location> {
  const full = path.replace(/^\/+/, '')
  const named = mount?.replace(/^\/+|\/+$/g, '')
  if (named === '' || (named === undefined && full === '')) fail('invalid_request', 'the path is empty')
  const found = await api.kv.find(named ?? full)
  if (named !== undefined) {
    return found ? { known: { mount: found, path: full } } : { guess: { mountPath: `${named}/`, path: full } }
  }
  if (found) return { known: split(found, full) }
  const cut = full.indexOf('/')
  return cut < 0
    ? { guess: { mountPath: `${full}/`, path: '' } }
    : { guess: { mountPath: full.slice(0, cut + 1), path: full.slice(cut + 1) } }
}

/** Takes the mount off a path. A server with namespaces may name them in the mount, though not in the path. */
function split(mount: KvMount, full: string): Place {
  for (let path = mount.path; path !== ''; path = path.slice(path.indexOf('/') + 1)) {
    if (`${full}/`.startsWith(path)) return { mount: { ...mount, path }, path: full.slice(path.length) }
  }
  return { mount: { path: '', version: 1 }, path: full }
}

/**
 * Refuses a flag about versions where the engine keeps none, instead of passing it over.
 *
 * @throws invalid_request
 */
export function needVersions({ mount }: Place, flag: string, value: unknown): void {
  if (value !== undefined && mount.version === 1) {
    fail(
      'invalid_request',
      `-${flag} is for engines that keep versions, and the one at ${mount.path} keeps none`,
    )
  }
}

/**
 * The place of a command that only makes sense where there are versions. What the server does not tell is taken
 * for such an engine.
 *
 * @throws invalid_request
 */
export function versionedPlace(location: Location, command: string): Place {
  const { mount, path } =
    'known' in location
      ? location.known
      : { mount: { path: location.guess.mountPath, version: 2 as const }, path: location.guess.path }
  if (mount.version === 1) {
    fail(
      'invalid_request',
      `"kv ${command}" is for engines that keep versions, and the one at ${mount.path} keeps none`,
    )
  }
  return { mount, path }
}

/** The request path, for texts. */
export function pathText(location: Location, part: 'data' | 'metadata'): string {
  if ('known' in location) return kvPath(location.known.mount, part, location.known.path)
  return location.guess.mountPath + location.guess.path
}

/**
 * Reads or lists. With a guessed place version 1 is tried, then version 2 when that was refused or the server
 * says that it is one.
 */
export async function fetchFrom<T extends Answer | Listing>(
  location: Location,
  fetch: (place: Place) => Promise<T | undefined>,
): Promise<{ place: Place; found: T | undefined }> {
  if ('known' in location) return { place: location.known, found: await fetch(location.known) }
  const [first, second] = candidates(location.guess)
  try {
    const found = await fetch(first)
    if (found === undefined || !saysVersioned(found)) return { place: first, found }
  } catch (error) {
    if (!(error instanceof ClientError && error.status === 403)) throw error
    const found = await fetch(second).catch(() => undefined)
    if (found === undefined) throw error
    return { place: second, found }
  }
  return { place: second, found: await fetch(second) }
}

/**
 * Changes something. With a guessed place version 1 is tried; version 2 alone where the server says that it
 * is one, since its paths are ordinary secrets to version 1.
 */
export async function changeAt(
  location: Location,
  change: (place: Place) => Promise<Answer>,
): Promise<{ place: Place; answer: Answer }> {
  if ('known' in location) return { place: location.known, answer: await change(location.known) }
  const [first, second] = candidates(location.guess)
  try {
    return { place: first, answer: await change(first) }
  } catch (error) {
    if (!(error instanceof ClientError && error.warnings.some((text) => versioned.test(text)))) throw error
    return { place: second, answer: await change(second) }
  }
}

const candidates = ({ mountPath, path }: Guess): [Place, Place] => [
  { mount: { path: mountPath, version: 1 }, path },
  { mount: { path: mountPath, version: 2 }, path },
]

const versioned = /versioned K\/V/i

const saysVersioned = (found: Answer | Listing): boolean =>
  ('answer' in found ? found.answer : found).warnings.some((text) => versioned.test(text))
