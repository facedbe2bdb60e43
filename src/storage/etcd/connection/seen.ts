import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../../base/errors.ts'
import { readStateFile } from '../../state-file.ts'

/** What this node saw last of etcd, in a file of its own: a start finds out that the store lost data since. */
export type Seen = { readonly cluster: bigint; readonly lineage: string; readonly revision: bigint }

export const seenFile = (folder: string): string => join(folder, 'etcd-seen')

/** @throws storage_failed when the file cannot be read or is none */
export function readSeen(folder: string): Seen | undefined {
  const file = seenFile(folder)
  const text = readStateFile(file)
  if (text === undefined) return undefined
  const match = /^cluster (\d{1,20})\nlineage ([0-9a-f]{32})\nrevision (\d{1,19})\n$/.exec(text)
  const [, cluster, lineage, revision] = match ?? []
  if (cluster === undefined || lineage === undefined || revision === undefined) {
    fail(
      'storage_failed',
      `${file} does not say what was seen of etcd; remove it if etcd is known to be right`,
    )
  }
  return { cluster: BigInt(cluster), lineage, revision: BigInt(revision) }
}

/**
 * Writes it down, unless another process of this node has seen more of the same store.
 *
 * @throws storage_failed when it cannot be written
 */
export function writeSeen(folder: string, { cluster, lineage, revision }: Seen): void {
  const file = seenFile(folder)
  const before = readSeen(folder)
  if (before?.cluster === cluster && before.lineage === lineage && before.revision >= revision) return
  const made = `${file}.${randomUUID()}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(made, `cluster ${cluster}\nlineage ${lineage}\nrevision ${revision}\n`, { mode: 0o600 })
    renameSync(made, file)
  } catch (error) {
    rmSync(made, { force: true })
    fail('storage_failed', `${file} cannot be written`, { cause: error })
  }
}
