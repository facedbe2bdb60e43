import type { MountStorage } from '../../backend/context.ts'
import type { StoredObject } from '../../backend/kv/object.ts'
import type { Person } from '../../backend/kv/person.ts'
import type { Config, Metadata } from '../../backend/kv/record.ts'
import { fail } from '../../base/errors.ts'
import { changeVersions, deleted, isReadable, versionOf, withVersion } from './model.ts'
import { type Secret, saveSecret } from './secret.ts'

/** Adds a version to a secret. @returns what is known of it then */
export function addVersion(
  storage: MountStorage,
  secret: Secret,
  config: Config,
  object: StoredObject,
  now: number,
  by: Person | undefined,
): Metadata {
  const metadata = withVersion(secret.metadata, config, now, by)
  saveSecret(storage, secret, metadata, object)
  return metadata
}

/** Marks the newest version as deleted, unless it is already. */
export function deleteNewest(
  storage: MountStorage,
  secret: Secret,
  now: number,
  by: Person | undefined,
): void {
  const { metadata } = secret
  const version = versionOf(metadata, metadata.current)
  if (version === undefined || !isReadable(version, now)) return
  const after = changeVersions(metadata, new Set([metadata.current]), (one) => deleted(one, now, by))
  saveSecret(storage, secret, { ...after, updated: now })
}

/**
 * @param cas the version that a write says it replaces
 * @throws invalid_request when a write must say so and does not, or names another
 */
export function checkCas(metadata: Metadata | undefined, config: Config, cas: number | undefined): void {
  if (cas === undefined) {
    if (config.casRequired || metadata?.casRequired === true) {
      fail('invalid_request', 'check-and-set parameter required for this call')
    }
  } else if (cas !== (metadata?.current ?? 0)) {
    fail('invalid_request', 'check-and-set parameter did not match the current version')
  }
}
