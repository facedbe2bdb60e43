import type { Served } from '../../services.ts'

/** What an engine or auth method is called in names: its type, and the version where several share one. */
export const nameOf = ({ type, version }: Pick<Served, 'type' | 'version'>): string =>
  type === 'system' ? 'sys' : version === undefined ? type : `${type}-v${version}`

/** The letters and digits of a text, in groups. */
export const words = (text: string): string[] => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')

/** A login has the name that generators of clients know: `userpass-login`. */
export function operationName(served: Pick<Served, 'type' | 'version'>, verb: string, path: string): string {
  const [first, ...rest] = words(path)
  const isLogin = verb === 'write' && first === 'login'
  const parts = isLogin ? [first] : [verb, ...(first === undefined ? [] : [first, ...rest])]
  return [...words(nameOf(served)), ...parts].join('-')
}

/** `kv-v2-read-data-path` as the name of a schema: `KvV2ReadDataPath`. */
export const schemaName = (operation: string): string =>
  words(operation)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** Names that are given out once: a second mount of a type adds where it is, and anything else a number. */
export function uniqueNames(): (name: string, point: string) => string {
  const taken = new Set<string>()
  return (name, point) => {
    const apart = [name, 'at', ...words(point)].join('-')
    let free = taken.has(name) ? apart : name
    for (let number = 2; taken.has(free); number++) free = `${apart}-${number}`
    taken.add(free)
    return free
  }
}
