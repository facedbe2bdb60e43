import type { WholeSecret } from '../../../backend/kv/secrets.ts'
import { plainPath } from '../place.ts'
import { type Mover, secretPlace } from './mover.ts'
import { namesBelow } from './names.ts'
import type { Plan } from './plan.ts'
import { moveSecret } from './secret.ts'

/** Rows that a commit has besides those of secrets: who the caller is, and what the node expects. */
const otherRows = 100
/** How much of what the store takes one commit uses: what is counted is an estimate. */
const share = 0.7

type Part = { readonly name: string; readonly whole: WholeSecret | undefined }

/**
 * Moves what fits into one commit, and at least one secret.
 *
 * @returns how many, and whether nothing is left
 * @throws see {@link moveSecret}; nothing is to be committed then
 */
export async function moveChunk(mover: Mover, plan: Plan): Promise<{ moved: number; isDone: boolean }> {
  const { from, to, isFolder } = plan
  const { parts, isDone } = isFolder ? await gather(mover, plan) : await single(mover, plan)
  for (const { name, whole } of parts) await moveSecret(mover, plan, from.path + name, to.path + name, whole)
  return { moved: parts.length, isDone }
}

async function single(mover: Mover, { from }: Plan) {
  const whole = await from.secrets.export(secretPlace(mover, from), from.path)
  return { parts: [{ name: '', whole }], isDone: true }
}

async function gather(mover: Mover, { from, overwrite }: Plan): Promise<{ parts: Part[]; isDone: boolean }> {
  const { tx, caller, limits } = mover
  const parts: Part[] = []
  let writes = otherRows
  let bytes = 0
  for await (const name of namesBelow(mover, from, from.path)) {
    const question = { operation: 'delete', fields: {}, wrapTtl: undefined, sudo: false } as const
    const path = plainPath(from, 'remove', from.path + name)
    const mayDelete = caller.acl.check({ ...question, path }).allowed
    // The first that may not be moved is refused before the rest is read.
    if (!mayDelete) return { parts: [{ name, whole: undefined }], isDone: true }
    const whole = await from.secrets.export(secretPlace(mover, from), from.path + name)
    const objects = [...(whole?.objects.values() ?? [])]
    writes += (2 * objects.length + 3) * (overwrite ? 2 : 1)
    bytes += objects.reduce((sum, { json }) => sum + 3 * json.text.length, 0)
    const rows = tx.touched().length + writes
    const fits = rows <= share * limits.keysPerCommit && bytes <= share * limits.bytesPerCommit
    if (!fits && parts.length > 0) return { parts, isDone: false }
    parts.push({ name, whole })
  }
  return { parts, isDone: true }
}
