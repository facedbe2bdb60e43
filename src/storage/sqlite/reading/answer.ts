import type { ReadResult, StorageKey, Version } from '../../store.ts'
import type { Fresh } from './fresh.ts'
import type { Connection } from './reader.ts'

/** Answers a read within a transaction of `connection`, with as few looks into the file as `fresh` allows. */
export function answerRead(
  connection: Pick<Connection, 'row'>,
  keys: readonly StorageKey[],
  known: readonly (Version | undefined)[],
  fresh: Fresh | undefined,
): ReadResult[] {
  return keys.map((key, i) => {
    const version = fresh?.version(key)
    if (version === null) return undefined
    if (version !== undefined && version === known[i]) return 'unchanged'
    const result = connection.row(key, known[i])
    // An unchanged row has the version that the caller knows.
    if (result === 'unchanged') fresh?.learn(key, known[i] as Version)
    else fresh?.learn(key, result === undefined ? null : result.version)
    return result
  })
}
