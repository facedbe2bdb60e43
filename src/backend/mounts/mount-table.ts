import type { StorageKey } from '../../storage/store.ts'
import type { TokenView } from '../../token/view.ts'
import type { RecordKind } from '../../transaction/record.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Mount } from './mount.ts'
import { isBuiltIn, mountPoint } from './mount.ts'

/** All mounts of the server, in one row that every request reads (and the cache confirms). */
export type MountTable = {
  readonly mounts: readonly Mount[]
  /** Some mount holds people's spaces, now or from an earlier configuration. */
  readonly hasSpaces: boolean
  /** The mount with the longest path that `path` begins with. */
  find(path: string): Mount | undefined
  byUuid(uuid: string): Mount | undefined
  byAccessor(accessor: string): Mount | undefined
}

export const mountsKey = 'ns/root/mounts' as StorageKey

const rows = jsonRecord<{ readonly mounts: readonly Mount[] }>('mount table')

export const mountTables: RecordKind<MountTable> = {
  name: rows.name,
  encode: ({ mounts }) => rows.encode({ mounts }),
  parse: (bytes) => mountTable(rows.parse(bytes).mounts),
}

/** Indexes a list of mounts; done once a version of the row. */
export function mountTable(mounts: readonly Mount[]): MountTable {
  const byPoint = new Map(mounts.map((mount) => [mountPoint(mount), mount]))
  const byUuid = new Map(mounts.map((mount) => [mount.uuid, mount]))
  const byAccessor = new Map(mounts.map((mount) => [mount.accessor, mount]))
  return {
    mounts,
    hasSpaces: mounts.some(({ spaces }) => spaces !== undefined),
    find(path) {
      // Mounts never nest, so the first that fits is the only one; a path `kv` means the mount `kv/`.
      for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
        const mount = byPoint.get(path.slice(0, at + 1))
        if (mount !== undefined) return mount
      }
      return path.endsWith('/') ? undefined : byPoint.get(`${path}/`)
    },
    byUuid: (uuid) => byUuid.get(uuid),
    byAccessor: (accessor) => byAccessor.get(accessor),
  }
}

/**
 * Whether audit logs may show values of the mount's requests in clear. Where there are spaces, that is so for
 * secrets engines of operators alone: values, tokens and logins of people go through all others.
 */
export function mayShowValues({ hasSpaces }: Pick<MountTable, 'hasSpaces'>, mount: Mount): boolean {
  return !hasSpaces || (mount.table === 'secret' && mount.spaces === undefined && !isBuiltIn(mount))
}

/** The mount table as of the transaction's instant; empty only before the server was initialised. */
export async function readMounts(tx: Transaction): Promise<MountTable> {
  return (await tx.get(mountTables, mountsKey)) ?? mountTable([])
}

/** Replaces the mount table when the transaction lands. */
export function writeMounts(tx: Transaction, mounts: readonly Mount[]): void {
  tx.put(mountTables, mountsKey, mountTable(mounts))
}

/** Whether the mounts that made a token and those above it are all there: with each of them it ends. */
export function hasItsMounts(
  { record, mountsAbove }: TokenView,
  { byUuid }: Pick<MountTable, 'byUuid'>,
): boolean {
  if (record.mount !== '' && byUuid(record.mount) === undefined) return false
  return mountsAbove.every((uuid) => byUuid(uuid) !== undefined)
}
