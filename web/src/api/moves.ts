import { ClientError } from '../../../src/client/error.ts'
import { api } from './client.ts'
import { below, mountOf, Overtaken, readSecret, unlessOvertaken, writeSecret } from './secrets.ts'

/** Something is at the target already. */
export class Taken extends Error {}

/**
 * Moves a secret with all its versions, in one step. Both are whole paths.
 *
 * @throws Taken, and nothing moved then
 */
export async function moveSecret(from: string, to: string): Promise<void> {
  try {
    await api.kv.many.move(from, to)
  } catch (error) {
    const isTaken =
      error instanceof ClientError && error.errors.some((text) => text.startsWith('there is a secret at'))
    throw isTaken ? new Taken() : error
  }
}

/**
 * Stores what a secret holds now under another path as well.
 *
 * @throws Taken, also where versions of something that was deleted are left; Absent where there is nothing to copy
 */
export async function copySecret(from: string, to: string): Promise<void> {
  const secret = await readSecret(from)
  if (secret === null) throw new Absent()
  const mount = await mountOf(to)
  try {
    if (mount.version === 1) await writeSecret(to, secret.data, null)
    else await unlessOvertaken(api.kv.put(mount, below(mount, to), secret.data, 0))
  } catch (error) {
    throw error instanceof Overtaken ? new Taken() : error
  }
}

/** What was to be copied is not there any more. */
export class Absent extends Error {}
