import { type KvMount, kvPath } from '../../../../src/client/api/kv.ts'
import { type Action, type Fields, unsaidFields } from '../command/action.ts'

/** The actions on a secret, as commands. `name` is behind the mount, a path is whole. */

export const readAction = (mount: KvMount, name: string): Action => ({
  request: { method: 'GET', path: kvPath(mount, 'data', name) },
  coffer: { command: 'kv get', args: [mount.path + name] },
})

/**
 * @param names of its fields
 * @param cas the version that must be the newest one; undefined where none is kept
 */
export function writeAction(
  mount: KvMount,
  name: string,
  names: readonly string[],
  cas: number | undefined,
): Action {
  const data = unsaidFields(names)
  return {
    request: { method: 'POST', path: kvPath(mount, 'data', name), body: bodyOf(mount, data, cas) },
    coffer: {
      command: 'kv put',
      flags: mount.version === 1 || cas === undefined ? [] : [`-cas=${cas}`],
      args: [mount.path + name],
      data,
    },
  }
}

const bodyOf = ({ version }: KvMount, data: Fields, cas: number | undefined): Fields =>
  version === 1 ? data : { data, ...(cas !== undefined && { options: { cas } }) }

export const deleteAction = (mount: KvMount, name: string): Action => ({
  request: { method: 'DELETE', path: kvPath(mount, 'data', name) },
  coffer: { command: 'kv delete', args: [mount.path + name] },
})

export const moveAction = (from: string, to: string): Action => ({
  request: { method: 'POST', path: 'sys/kv/move', body: { from, to } },
  coffer: { command: 'kv move', args: [from, to] },
})

/** What is read goes on without being seen. */
export function copyAction(from: KvMount, name: string, to: KvMount, toName: string): Action {
  const data = from.version === 1 ? '.data' : '.data.data'
  const put = { command: 'kv put', args: [to.path + toName, '-'], from: data }
  return {
    request: [
      { method: 'GET', path: kvPath(from, 'data', name) },
      {
        method: 'POST',
        path: kvPath(to, 'data', toName),
        from: to.version === 1 ? data : `{data: ${data}, options: {cas: 0}}`,
      },
    ],
    coffer: [
      { command: 'read', flags: ['-format=json'], args: [kvPath(from, 'data', name)] },
      to.version === 1 ? put : { ...put, flags: ['-cas=0'] },
    ],
  }
}

/** @param current the newest version, which nobody may replace meanwhile */
export const rollBackAction = (mount: KvMount, name: string, version: number, current: number): Action => ({
  request: [
    { method: 'GET', path: kvPath(mount, 'data', name), query: { version } },
    {
      method: 'POST',
      path: kvPath(mount, 'data', name),
      from: `{data: .data.data, options: {cas: ${current}}}`,
    },
  ],
  coffer: { command: 'kv rollback', flags: [`-version=${version}`], args: [mount.path + name] },
})

export const destroyAction = (mount: KvMount, name: string, version: number): Action => ({
  request: { method: 'PUT', path: kvPath(mount, 'destroy', name), body: { versions: [version] } },
  coffer: { command: 'kv destroy', flags: [`-versions=${version}`], args: [mount.path + name] },
})
