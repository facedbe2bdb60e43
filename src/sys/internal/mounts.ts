import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Caller, SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type Mount, mountPoint } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'

/** What a page or client may know of a mount before it uses it. */
function shown({ type, description, options }: Mount): JsonObject {
  return { type, description, options: options === null ? null : { ...options } }
}

const reaches = (caller: Caller | undefined, mount: Mount) => caller?.acl.mayReach(mountPoint(mount)) === true

async function visible({ tx, caller }: SystemContext): Promise<Reply> {
  const { mounts } = await readMounts(tx)
  const open = (mount: Mount) =>
    caller === undefined ? mount.config.listingVisibility === 'unauth' : reaches(caller, mount)
  const table = (name: Mount['table']) =>
    Object.fromEntries(
      mounts
        .filter((mount) => mount.table === name && open(mount))
        .map((mount) => [mount.path, shown(mount)]),
    )
  return { data: { auth: table('auth'), secret: table('secret') } }
}

async function preflight({ tx, caller, params }: SystemContext): Promise<Reply> {
  if (caller === undefined) fail('permission_denied')
  const path = params.path ?? ''
  const { find } = await readMounts(tx)
  const mount = find(path)
  if (mount === undefined || !reaches(caller, mount)) {
    const folder = path.endsWith('/') ? path : `${path}/`
    fail(
      'forbidden',
      `preflight capability check returned 403, please ensure client's policies grant access to path "${folder}"`,
      { denied: { path: folder, missing: ['list', 'read'] } },
    )
  }
  return { data: { ...shown(mount), path: mount.path } }
}

/** Both answer without a token, with what is meant for everybody; with a token they answer for its holder. */
const shownMembers = {
  description: shape.string(),
  options: shape.orNull(shape.texts()),
  type: shape.string(),
}
const tableShape = shape.map(shape.object(shownMembers))

export const internalMountRoutes = [
  systemRoute({
    path: 'internal/ui/mounts',
    summary: 'The mounts that the caller can use.',
    unauthenticated: true,
    tokenWelcome: true,
    answers: { read: answer.data(shape.object({ auth: tableShape, secret: tableShape })) },
    operations: { read: visible },
  }),
  systemRoute({
    path: 'internal/ui/mounts/{path+}',
    summary: 'The mount that serves a path, if the caller can use it.',
    unauthenticated: true,
    tokenWelcome: true,
    answers: { read: answer.data(shape.object({ ...shownMembers, path: shape.string() })) },
    operations: { read: preflight },
  }),
]
