import type { Listing, ListOptions } from '../../storage/store.ts'
import type { MountStorage } from '../context.ts'
import type { Mount } from '../mounts/mount.ts'
import type { StoredObject } from './object.ts'
import type { Metadata } from './record.ts'

/** Where a secret lies, and the time (milliseconds) at which it is looked at or changed. */
export type SecretPlace = {
  readonly storage: MountStorage
  readonly mount: Pick<Mount, 'versionedSince'>
  readonly now: number
}

/** A secret as it is now. `version` is 0 and `metadata` absent where the engine keeps none. */
export type CurrentSecret = {
  readonly object: StoredObject
  readonly version: number
  readonly metadata?: Metadata
}

/** All there is of a secret, to be kept or put elsewhere: the metadata, and the objects by their version. */
export type WholeSecret = {
  readonly metadata?: Metadata
  readonly objects: ReadonlyMap<number, StoredObject>
}

/**
 * What the server asks of a mount of key-value secrets, whichever engine serves it. Nothing here looks at
 * policies or at who owns a space: who calls it has done that for each path.
 */
export type SecretStore = {
  /** Below which parts of the mount policies name the secret, for each thing that is done with it. */
  readonly paths: {
    readonly read: (path: string) => string
    readonly write: (path: string) => string
    readonly delete: (path: string) => string
    readonly list: (folder: string) => string
    /** The whole of it, with all versions. */
    readonly remove: (path: string) => string
    /** What is known of it; absent where the engine keeps nothing beside the object. */
    readonly metadata?: (path: string) => string
  }
  /** @param folder empty, or ending in `/` */
  list(place: SecretPlace, folder: string, options?: ListOptions): Promise<Listing>
  /** Whether there is anything of a secret, readable or not. */
  has(place: SecretPlace, path: string): Promise<boolean>
  /** The newest version, unless it is deleted or destroyed; undefined where nothing can be read. */
  read(place: SecretPlace, path: string): Promise<CurrentSecret | undefined>
  /**
   * Replaces the object, or adds a version.
   *
   * @param cas the version that has to be the newest, 0 for none
   * @throws invalid_request when it is another, or one is required and not given
   */
  write(place: SecretPlace, path: string, object: StoredObject, cas?: number): Promise<void>
  /** As the engine's own delete: with versions, the newest is marked. */
  delete(place: SecretPlace, path: string): Promise<void>
  /** The whole of a secret; undefined where there is none. */
  export(place: SecretPlace, path: string): Promise<WholeSecret | undefined>
  /**
   * Puts a whole secret where there is none.
   *
   * @throws invalid_request when there is one, or the engine keeps no versions and it has several
   */
  import(place: SecretPlace, path: string, secret: WholeSecret): Promise<void>
  /** Removes the whole of a secret for good. */
  remove(place: SecretPlace, path: string): Promise<void>
}
