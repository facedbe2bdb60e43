import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** The provider's secrets. The first signing key signs; all of them are published and accepted. */
export type ProviderKeys = { readonly signing: readonly JWK[]; readonly cookies: readonly string[] }

export const signingAlgorithm = 'RS256'
const fileName = 'provider-keys.json'

/**
 * The keys of a folder, made when there are none, so that tokens stay good over a restart.
 *
 * @param folder undefined for keys that live in memory alone
 */
export async function loadKeys(folder: string | undefined): Promise<ProviderKeys> {
  const kept = folder === undefined ? undefined : await readKeys(join(folder, fileName))
  if (kept !== undefined) return kept
  const keys = { signing: [await newSigningKey()], cookies: [randomBytes(32).toString('base64url')] }
  await saveKeys(folder, keys)
  return keys
}

/** Puts a new signing key first; the old ones stay published if `keepOld`. */
export async function rotatedKeys(keys: ProviderKeys, keepOld: boolean): Promise<ProviderKeys> {
  return { ...keys, signing: [await newSigningKey(), ...(keepOld ? keys.signing : [])] }
}

/** Writes the keys, readable by their owner alone; a crash leaves the old file or the new one. */
export async function saveKeys(folder: string | undefined, keys: ProviderKeys): Promise<void> {
  if (folder === undefined) return
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, fileName)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(keys))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

async function readKeys(path: string): Promise<ProviderKeys | undefined> {
  try {
    // The file is our own, in a folder of our own.
    return JSON.parse(await readFile(path, 'utf8')) as ProviderKeys
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true, modulusLength: 2048 })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: signingAlgorithm, use: 'sig' }
}
