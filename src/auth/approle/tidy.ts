import type { Context } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { goneFolder } from './record.ts'
import {
  accessorFolder,
  dropSecretId,
  endingFolder,
  endings,
  endOf,
  isOver,
  secretIdFolder,
  secretIds,
} from './secret-id/record.ts'

/** Secret ids that one request clears away: a commit takes a hundred rows on every store. */
const clearedByTidy = 20

/** Clears away what has ended; all of it is refused already. */
export async function tidy(context: Context): Promise<Reply> {
  await clearEnded(context, clearedByTidy)
  const text =
    'Tidy operation successfully started. Secret ids that have ended are refused already; ' +
    `up to ${clearedByTidy} were cleared away, and each new secret id clears away some more.`
  return { status: 202, warnings: [text] }
}

/**
 * Clears a bounded number of secret ids away whose time is over or whose role is gone.
 *
 * @param most how many
 */
export async function clearEnded(context: Context, most: number): Promise<void> {
  const { storage, clock } = context
  const now = clock.now()
  const { names } = await storage.list(endingFolder, { limit: most })
  const over = names.filter((name) => endOf(name) <= now)
  for (const name of over) {
    const row = endingFolder + name
    const ending = await storage.get(endings, row)
    if (ending === undefined) continue
    const { role, digest, accessor } = ending
    const secretId = await storage.get(secretIds, secretIdFolder(role) + digest)
    // The same secret id may have been registered anew since.
    if (secretId?.accessor === accessor && isOver(secretId, now))
      dropSecretId(context, role, digest, secretId)
    else storage.delete(row)
  }
  await clearGone(context, most - over.length)
}

async function clearGone(context: Context, most: number): Promise<void> {
  if (most <= 0) return
  const { storage } = context
  const [role] = (await storage.list(goneFolder, { limit: 1 })).names
  if (role === undefined) return
  const { names } = await storage.list(secretIdFolder(role), { limit: most })
  for (const digest of names) {
    const secretId = await storage.get(secretIds, secretIdFolder(role) + digest)
    if (secretId !== undefined) dropSecretId(context, role, digest, secretId)
  }
  const accessor = (await storage.list(accessorFolder(role), { limit: 1 })).names
  if (names.length === 0 && accessor.length === 0) storage.delete(goneFolder + role)
}
