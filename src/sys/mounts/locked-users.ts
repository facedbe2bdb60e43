import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { failureFolder, failureRow, failureRows } from '../../backend/lockout/lockout.ts'
import { isLocked, ruleOf } from '../../backend/lockout/rule.ts'
import type { Reply } from '../../backend/message.ts'
import { type Mount, mountKey, mountPrefix } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'

const pageSize = 500

/** The names that are locked out on a mount now, sorted. */
async function lockedOn({ tx, clock }: SystemContext, mount: Mount): Promise<string[]> {
  const rule = ruleOf(mount.config.userLockout)
  const folder = mountPrefix(mount) + failureFolder
  const locked: string[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page = await tx.list(folder, { after, limit: pageSize })
    const keys = page.names.map((name) => mountKey(mount, failureFolder + name))
    await tx.fetch(keys.map((key) => ({ kind: failureRows, key })))
    for (const key of keys) {
      const failures = await tx.get(failureRows, key)
      if (failures !== undefined && isLocked(failures, rule, clock.now())) locked.push(failures.alias)
    }
    after = page.names.at(-1)
    more = page.more
  }
  return locked.sort()
}

async function list(context: SystemContext, { mount_accessor: only = '' }): Promise<Reply> {
  const { mounts } = await readMounts(context.tx)
  const asked = mounts.filter(({ table, accessor }) => table === 'auth' && (only === '' || accessor === only))
  const found: { mount_accessor: string; counts: number; alias_identifiers: string[] }[] = []
  for (const mount of asked) {
    const names = await lockedOn(context, mount)
    if (names.length > 0) {
      found.push({ mount_accessor: mount.accessor, counts: names.length, alias_identifiers: names })
    }
  }
  const total = found.reduce((sum, { counts }) => sum + counts, 0)
  const root = { namespace_id: 'root', namespace_path: '', counts: total, mount_accessors: found }
  return { data: { by_namespace: total === 0 ? [] : [root], total } }
}

async function unlock({ tx, params }: SystemContext): Promise<Reply> {
  const { accessor = '', alias = '' } = params
  const { mounts } = await readMounts(tx)
  const mount = mounts.find((one) => one.table === 'auth' && one.accessor === accessor)
  if (mount === undefined) return {}
  // Names of users are kept in lower case.
  for (const spelling of new Set([alias, alias.toLowerCase()])) {
    const key = mountKey(mount, failureRow(spelling))
    if ((await tx.get(failureRows, key)) !== undefined) tx.delete(key)
  }
  return {}
}

const lockedShape = shape.object({
  by_namespace: shape.list(
    shape.object({
      namespace_id: shape.string(),
      namespace_path: shape.string(),
      counts: shape.integer(),
      mount_accessors: shape.list(
        shape.object({
          mount_accessor: shape.string(),
          counts: shape.integer(),
          alias_identifiers: shape.strings(),
        }),
      ),
    }),
  ),
  total: shape.integer(),
})

export const lockedUserRoutes = [
  systemRoute({
    path: 'locked-users',
    summary: 'Show who is locked out after failed logins.',
    fields: { mount_accessor: field.string('Of this auth method alone.') },
    answers: { read: answer.data(lockedShape) },
    operations: { read: list },
  }),
  systemRoute({
    path: 'locked-users/{accessor}/unlock/{alias}',
    summary: 'Let somebody log in again at once.',
    operations: { update: unlock },
  }),
]
