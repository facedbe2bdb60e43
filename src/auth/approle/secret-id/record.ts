import type { Context } from '../../../backend/context.ts'
import { digestOf } from '../../../backend/mounts/mount-digest.ts'
import { jsonRecord } from '../../../transaction/record.ts'
import type { AppRole } from '../record.ts'

/** What is kept of a secret id, under its digest. Times in milliseconds since 1970, spans in seconds. */
export type SecretId = {
  readonly accessor: string
  readonly created: number
  readonly updated: number
  /** 0: it does not end. */
  readonly expires: number
  readonly ttl: number
  /** Logins that are left; 0 for no limit, since the last one takes the row away. */
  readonly left: number
  readonly cidrs: readonly string[]
  readonly tokenCidrs: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
}

export const secretIds = jsonRecord<SecretId>('AppRole secret id')
export const accessors = jsonRecord<{ readonly digest: string }>('AppRole secret id accessor')
/** What ends, in the order of its end. */
export const endings = jsonRecord<{
  readonly role: string
  readonly digest: string
  readonly accessor: string
}>('end of an AppRole secret id')

/** Where the secret ids of a role lie, by their digests. @param role its uuid */
export const secretIdFolder = (role: string) => `secret-id/${role}/`
/** Where the digests of a role's secret ids lie, by their accessors. @param role its uuid */
export const accessorFolder = (role: string) => `accessor/${role}/`
export const endingFolder = 'end/'
const endingRow = ({ expires, accessor }: SecretId) =>
  `${endingFolder}${String(expires).padStart(16, '0')}-${accessor}`
/** Milliseconds since 1970 of a row of {@link endingFolder}. */
export const endOf = (name: string): number => Number(name.slice(0, 16))

/** HMAC-SHA-256 under a key of the mount: what a secret id is found by, so that no comparison takes longer. */
export async function digestSecretId(context: Context, { uuid }: AppRole, secretId: string): Promise<string> {
  return (await digestOf(context, `secret-id ${uuid}`))(secretId)
}

/**
 * The secret id with a digest, unless its time is over.
 *
 * @param role its uuid
 */
export async function findSecretId(
  { storage, clock }: Context,
  role: string,
  digest: string,
): Promise<SecretId | undefined> {
  const found = await storage.get(secretIds, secretIdFolder(role) + digest)
  return found === undefined || isOver(found, clock.now()) ? undefined : found
}

/** Whether the time of a secret id is over. @param now milliseconds since 1970 */
export const isOver = ({ expires }: SecretId, now: number): boolean => expires > 0 && expires <= now

/** Keeps a new secret id, with what finds it by its accessor and at its end. */
export function putSecretId({ storage }: Context, role: string, digest: string, made: SecretId): void {
  const { accessor, expires } = made
  storage.put(secretIds, secretIdFolder(role) + digest, made)
  storage.put(accessors, accessorFolder(role) + accessor, { digest })
  if (expires > 0) storage.put(endings, endingRow(made), { role, digest, accessor })
}

/** Takes a secret id away, with everything that leads to it. */
export function dropSecretId({ storage }: Context, role: string, digest: string, gone: SecretId): void {
  storage.delete(secretIdFolder(role) + digest)
  storage.delete(accessorFolder(role) + gone.accessor)
  if (gone.expires > 0) storage.delete(endingRow(gone))
}
