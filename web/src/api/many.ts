import type { JsonObject } from '../../../src/base/json/json.ts'
import { isJsonObject } from '../../../src/base/json/json.ts'
import { type KvMount, kvPath } from '../../../src/client/api/kv.ts'
import { ClientError } from '../../../src/client/error.ts'
import { listOf, numberOf, objectOf, textOf, textsOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'
import { Absent, moveSecret, Taken } from './moves.ts'
import { below, mountOf } from './secrets.ts'

/** Of each secret of a part, in order: why it did not work, or undefined. */
export type Said = readonly (Error | undefined)[]

/** Whole paths of secrets: of names in a folder, those of folders stand for all that is below. */
export async function secretsOf(folder: string, names: readonly string[]): Promise<string[]> {
  const paths: string[] = []
  for (const name of names) {
    if (!name.endsWith('/')) paths.push(folder + name)
    else
      for (const inside of (await api.kv.many.scan(folder + name)) ?? []) paths.push(folder + name + inside)
  }
  return paths
}

type Request = {
  readonly operation: 'read' | 'write' | 'delete'
  readonly path: string
  readonly data?: JsonObject
}

/** Each for itself: what it answers, or why not. */
async function batch(requests: readonly Request[]): Promise<(JsonObject | ClientError)[]> {
  if (requests.length === 0) return []
  const body = { requests: requests.map((request) => ({ ...request })) }
  const { data } = await client.call('POST', 'sys/kv/batch', { body })
  const results = listOf(objectOf(data).results)
  return requests.map((request, index) => outcomeOf(request, results[index] ?? {}))
}

function outcomeOf({ path }: Request, result: JsonObject): JsonObject | ClientError {
  const status = numberOf(result.status)
  if (status >= 200 && status < 300) return objectOf(result.data)
  const errors = textsOf(result.errors)
  const denied = isJsonObject(result.denied ?? null) ? objectOf(result.denied) : undefined
  return new ClientError('status', `${path} was refused`, {
    status,
    errors,
    denied: denied && { path: textOf(denied.path), missing: textsOf(denied.missing), by: textOf(denied.by) },
  })
}

const errorOf = (result: JsonObject | ClientError | undefined): Error | undefined =>
  result instanceof Error ? result : undefined

/** Deletes secrets of one mount, as one by one would. */
export async function deleteMany(paths: readonly string[]): Promise<Said> {
  const mount = await mountFor(paths)
  const results = await batch(paths.map((path) => ({ operation: 'delete', path: dataPath(mount, path) })))
  return results.map(errorOf)
}

/** Whether what was just deleted can come back: always where versions are kept, else where the mount has a bin. */
export async function comesBack(path: string): Promise<boolean> {
  const mount = await mountOf(path)
  return mount.version === 2 || (await api.kv.many.deletions(path)) !== undefined
}

/** Brings back what was deleted last. */
export async function restoreMany(paths: readonly string[]): Promise<Said> {
  const mount = await mountFor(paths)
  if (mount.version === 1) return Promise.all(paths.map((path) => failureOf(api.kv.many.restore(path))))
  const known = await batch(
    paths.map((path) => ({ operation: 'read', path: kvPath(mount, 'metadata', below(mount, path)) })),
  )
  const good = paths.filter((_, index) => !(known[index] instanceof Error))
  const versions = known
    .filter((one) => !(one instanceof Error))
    .map((one) => numberOf(objectOf(one as JsonObject).current_version))
  const results = await batch(
    good.map((path, index) => ({
      operation: 'write',
      path: kvPath(mount, 'undelete', below(mount, path)),
      data: { versions: [versions[index] ?? 0] },
    })),
  )
  return paths.map((path, index) => errorOf(known[index]) ?? errorOf(results[good.indexOf(path)]))
}

/** What secrets of one mount hold, or why that cannot be read. */
export async function readMany(paths: readonly string[]): Promise<(JsonObject | Error)[]> {
  const mount = await mountFor(paths)
  const results = await batch(paths.map((path) => ({ operation: 'read', path: dataPath(mount, path) })))
  return results.map((result) => {
    if (result instanceof ClientError) return result.status === 404 ? new Absent() : result
    if (mount.version === 1) return result
    return isJsonObject(result.data ?? null) ? objectOf(result.data) : new Absent()
  })
}

/** Stores what secrets of one mount hold now under other paths of one mount, never over something that is there. */
export async function copyMany(paths: readonly string[], to: (path: string) => string): Promise<Said> {
  const read = await readMany(paths)
  const targets = paths.map(to)
  const mount = await mountFor(targets)
  const taken =
    mount.version === 2
      ? []
      : await batch(targets.map((path) => ({ operation: 'read', path: dataPath(mount, path) })))
  const said = paths.map((_, index): Error | undefined => {
    const found = taken[index]
    const isThere = found !== undefined && !(found instanceof ClientError && found.status === 404)
    return (
      errorOf(read[index] as JsonObject | ClientError) ??
      (isThere ? (errorOf(found) ?? new Taken()) : undefined)
    )
  })
  const good = paths.flatMap((_, index) => (said[index] === undefined ? [index] : []))
  const results = await batch(
    good.map((index) => ({
      operation: 'write',
      path: dataPath(mount, targets[index] ?? ''),
      data:
        mount.version === 2
          ? { data: objectOf(read[index] as JsonObject), options: { cas: 0 } }
          : objectOf(read[index] as JsonObject),
    })),
  )
  return said.map((error, index) => error ?? takenOf(errorOf(results[good.indexOf(index)])))
}

/** A refused check-and-set of what must not be there. */
const takenOf = (error: Error | undefined): Error | undefined =>
  error instanceof ClientError && error.errors.some((text) => /check-and-set/.test(text))
    ? new Taken()
    : error

/** Milliseconds between two looks at a move in parts. */
const lookAgain = 500

/** Moves a secret, or a folder with all that is in it, however long that takes. @throws Taken, Stopped */
export async function moveWhole(from: string, to: string): Promise<void> {
  if (!from.endsWith('/')) return moveSecret(from, to)
  const { data } = await api.kv.many.move(from, to)
  for (let move = objectOf(data); textOf(move.job) !== ''; ) {
    const state = textOf(move.state)
    if (state === 'stopped') throw new Stopped(textOf(move.reason))
    if (state !== 'running') return
    await new Promise((resolve) => setTimeout(resolve, lookAgain))
    move = objectOf((await api.kv.many.moveState(textOf(move.job)))?.data)
  }
}

/** A move in parts came to something that was in its way; what had moved stays moved. */
export class Stopped extends Error {}

const mountFor = (paths: readonly string[]): Promise<KvMount> => mountOf(paths[0] ?? '')
const dataPath = (mount: KvMount, path: string) => kvPath(mount, 'data', below(mount, path))

const failureOf = (pending: Promise<unknown>): Promise<Error | undefined> =>
  pending.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )
