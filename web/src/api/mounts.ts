import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { ClientError } from '../../../src/client/error.ts'
import { listOf, objectOf, textOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'

/** Secrets engines, or auth methods. */
export type Table = 'secrets' | 'auth'

export type MountRow = {
  readonly table: Table
  /** With a slash at its end; that of an auth method without `auth/`. */
  readonly path: string
  readonly type: string
  readonly description: string
  /** Of what serves it. */
  readonly version: string
  readonly accessor: string
  /** Its own options, such as the version of a KV engine. */
  readonly options: JsonObject
}

const tables = { secrets: 'sys/mounts', auth: 'sys/auth' } as const

/** Where a mount is told and changed. @param path with or without a slash at its end */
export const mountRoute = (table: Table, path: string): string =>
  `${tables[table]}/${path.replace(/^\/+|\/+$/g, '')}`

/** Where what a mount serves is, with a slash at its end. */
export const mountPoint = ({ table, path }: Pick<MountRow, 'table' | 'path'>): string =>
  table === 'auth' ? `auth/${path}` : path

export const useMounts = (table: Table) =>
  useQuery({ queryKey: ['mount-table', table], queryFn: () => readMounts(table) })

async function readMounts(table: Table): Promise<MountRow[]> {
  const mounts = await api[table].list()
  return Object.entries(mounts).map(([path, mount]) => ({
    table,
    path,
    type: textOf(mount.type),
    description: textOf(mount.description),
    version: textOf(mount.running_plugin_version) || textOf(mount.plugin_version),
    accessor: textOf(mount.accessor),
    options: objectOf(mount.options),
  }))
}

/** A type of engine or auth method. */
export type MountType = { readonly name: string; readonly version: string }

/** The types that the server has; empty where it does not tell. */
export const useMountTypes = (table: Table) =>
  useQuery({ queryKey: ['mount-types', table], queryFn: () => readTypes(table), staleTime: 300_000 })

async function readTypes(table: Table): Promise<MountType[]> {
  try {
    const data = (await client.call('GET', 'sys/plugins/catalog')).data ?? {}
    const wanted = table === 'auth' ? 'auth' : 'secret'
    return listOf(data.detailed)
      .filter(({ type }) => type === wanted)
      .map(({ name, version }) => ({ name: textOf(name), version: textOf(version) }))
  } catch (error) {
    // Its name can be typed as well.
    if (error instanceof ClientError && (error.status === 403 || error.status === 404)) return []
    throw error
  }
}

/** The settings of a mount as they are now. */
export const useTuning = (table: Table, path: string) =>
  useQuery({
    queryKey: ['mount-tuning', table, path],
    queryFn: async () => (await client.call('GET', `${mountRoute(table, path)}/tune`)).data ?? {},
  })

export async function enableMount(table: Table, path: string, body: JsonObject): Promise<void> {
  await api[table].enable(path.replace(/^\/+|\/+$/g, ''), body)
}

/** Ends it with all that it holds. */
export async function disableMount({ table, path }: MountRow): Promise<void> {
  await client.call('DELETE', mountRoute(table, path))
}

/** The version of what serves a mount: its own, or else that of its type. */
export const versionOf = ({ version, type }: MountRow, types: readonly MountType[]): string =>
  version || (types.find(({ name }) => name === type)?.version ?? '')

/** Milliseconds between two questions about how far a move is. */
const interval = 400

/** The move did not come to its end. */
export class Unmoved extends Error {}

/**
 * Moves a mount, and waits until that is done.
 *
 * @param to of an auth method without `auth/`
 * @throws ClientError, Unmoved
 */
export async function moveMount(mount: MountRow, to: string): Promise<void> {
  const target = mountPoint({ table: mount.table, path: to.replace(/^\/+|\/+$/g, '') })
  let { id, status } = await api.move.start(mountPoint(mount).replace(/\/$/, ''), target)
  while (status === 'in-progress') {
    await new Promise((resolve) => setTimeout(resolve, interval))
    status = (await api.move.status(id)).status
  }
  if (status === 'failure') throw new Unmoved()
}
