import type { Operation } from '../../../api/description/operations.ts'

/** Something of a mount that is there once, such as its configuration. */
export type Setting = {
  readonly kind: 'setting'
  /** Behind the mount. */
  readonly name: string
  readonly read: Operation
  readonly write: Operation
}

/** Something of a mount that is there by names, such as its roles. */
export type Collection = {
  readonly kind: 'collection'
  readonly name: string
  /** What the name is called in paths. */
  readonly parameter: string
  readonly list: Operation
  readonly read: Operation | undefined
  readonly write: Operation | undefined
  readonly remove: Operation | undefined
  /** What else can be done with one of them. */
  readonly more: readonly Operation[]
}

export type Resource = Setting | Collection

/**
 * What can be administered in a mount, as the description of the API shows it. What lies in folders is what
 * people store, and has views of its own.
 *
 * @param point of the mount, with a slash at its end
 */
export function resourcesOf(operations: readonly Operation[], point: string): Resource[] {
  const own = operations.filter(({ path, isOpen }) => path.startsWith(point) && !isOpen)
  const at = (method: Operation['method'], path: string) =>
    own.find((one) => one.method === method && one.path === path)
  return own.flatMap((one): Resource[] => {
    const name = one.path.slice(point.length).replace(/\/$/, '')
    if (name === '' || name.includes('{')) return []
    if (one.method === 'POST') {
      const read = at('GET', one.path)
      // What is answered there is what is written there, and no other matter.
      const isSame = read?.answer.some((field) => one.body.some((sent) => sent.name === field.name))
      return read === undefined || isSame !== true ? [] : [{ kind: 'setting', name, read, write: one }]
    }
    if (one.method !== 'LIST') return []
    const around = `${point}${name}/{`
    const parameter = own
      .filter((other) => other.path.startsWith(around))
      .map((other) => other.path.slice(around.length, other.path.indexOf('}', around.length)))[0]
    if (parameter === undefined) return []
    const path = `${around}${parameter}}`
    if (at('LIST', `${path}/`) !== undefined) return []
    return [
      {
        kind: 'collection',
        name,
        parameter,
        list: one,
        read: at('GET', path),
        write: at('POST', path),
        remove: at('DELETE', path),
        more: own.filter((other) => other.path.startsWith(`${path}/`)),
      },
    ]
  })
}
