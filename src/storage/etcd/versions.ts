import { createHash } from 'node:crypto'
import type { Version } from '../store.ts'

/**
 * Versions as the store's users see them: the revision that wrote a row, marked with the store and the etcd
 * cluster that it lies in. A cluster that another one's data was restored into gives none of that one's.
 */
export type Versions = {
  of(revision: bigint): Version
  /** Undefined for what is no version of this store. */
  revisionOf(version: Version): bigint | undefined
}

export function createVersions(lineage: string, cluster: bigint): Versions {
  const mark = `.${createHash('sha256').update(`${lineage} ${cluster}`).digest('hex').slice(0, 12)}`
  return {
    of: (revision) => `${revision}${mark}` as Version,
    revisionOf(version) {
      if (!version.endsWith(mark)) return undefined
      const digits = version.slice(0, version.length - mark.length)
      // A revision has at most 19 digits.
      return /^[1-9]\d{0,17}$/.test(digits) ? BigInt(digits) : undefined
    },
  }
}
