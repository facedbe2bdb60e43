import { createHmac } from 'node:crypto'
import { jsonRecord } from '../../transaction/record.ts'
import type { Context } from '../context.ts'

/** A key of one mount alone, base64; drawn when it is first needed. */
const keys = jsonRecord<{ readonly key: string }>('mount key')
const keyName = 'key'

/** Announces the row that {@link digestOf} reads. */
export const wantDigest = ({ storage }: Pick<Context, 'storage'>) => storage.want(keys, keyName)

/**
 * Digests under a key of the mount (HMAC-SHA-256, base64url): names of rows that tell nothing of what they stand
 * for to who sees names of rows alone.
 *
 * @param purpose keeps digests apart that are for different things
 */
export async function digestOf(
  { storage, random }: Pick<Context, 'storage' | 'random'>,
  purpose: string,
): Promise<(text: string) => string> {
  let row = await storage.get(keys, keyName)
  if (row === undefined) {
    row = { key: random.bytes(32).toString('base64') }
    storage.put(keys, keyName, row)
  }
  const key = Buffer.from(row.key, 'base64')
  return (text) => createHmac('sha256', key).update(`${purpose}\0${text}`).digest('base64url')
}
