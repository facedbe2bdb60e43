import type { KeyObject } from 'node:crypto'
import { fail, isFailure } from '../../base/errors.ts'
import type { Expectation, Reader, ReadResult, Version } from '../../storage/store.ts'
import { corrupt } from '../envelope.ts'
import { checkFormat, type Formats, formatKey, handoverKey, incarnationKey, keyringKey } from '../rows.ts'
import { followHandover, parseHandover } from './handover.ts'
import { type Keyring, openKeyring } from './keyring.ts'

/** The keys of an open barrier, and the rows that they were read from. */
export type Keys = {
  readonly root: KeyObject
  readonly keyring: Keyring
  /** The rows of the format, the keyring and the incarnation, as they were when the keys were read. */
  readonly expectations: readonly Expectation[]
}

/**
 * Reads format, keyring and incarnation.
 *
 * @param root the root key; when another node has replaced it, the one in `cluster/handover` is used
 * @param known the keys that are in memory; given back when nothing has changed
 * @throws storage_format, corrupt; sealed when the root key was replaced and cannot be followed any more, and
 * when the data is that of a backup now
 */
export async function readKeys(
  store: Reader,
  root: KeyObject,
  formats?: Formats,
  known?: Keys,
): Promise<Keys> {
  const versions = known?.expectations.map(({ version }) => version ?? undefined)
  const [format, keyring, incarnation, handover] = await store.read(
    [formatKey, keyringKey, incarnationKey, handoverKey],
    versions,
  )
  checkFormat(format, formats)
  // What this node has in memory is of other data.
  if (known !== undefined && incarnation !== 'unchanged') fail('sealed', 'the data was restored: unseal it')
  if (known !== undefined && format === 'unchanged' && keyring === 'unchanged') return known
  if (keyring === undefined) corrupt(keyringKey)
  if (incarnation === undefined) corrupt(incarnationKey)
  const expectations = [
    { key: formatKey, version: versionOf(format, versions?.[0]) },
    { key: keyringKey, version: versionOf(keyring, versions?.[1]) },
    { key: incarnationKey, version: versionOf(incarnation, versions?.[2]) },
  ]
  // Only a row whose version is known can be unchanged.
  if (keyring === 'unchanged') return { ...(known as Keys), expectations }
  return { ...openWith(root, keyring.value, handover), expectations }
}

function versionOf(row: ReadResult, known: Version | undefined): Version | null {
  return (row === 'unchanged' ? known : row?.version) ?? null
}

function openWith(root: KeyObject, stored: Uint8Array, handover: ReadResult): Pick<Keys, 'root' | 'keyring'> {
  try {
    return { root, keyring: openKeyring(root, stored) }
  } catch (error) {
    if (!isFailure(error, 'corrupt') || typeof handover !== 'object') throw error
    const successor = followHandover(root, parseHandover(handover.value))
    if (successor === undefined) {
      fail('sealed', 'the root key was replaced while this node was away: unseal it again')
    }
    return { root: successor, keyring: openKeyring(successor, stored) }
  }
}
