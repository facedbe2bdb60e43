import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { isBuiltIn, mountPoint } from '../../backend/mounts/mount.ts'
import { readMounts, writeMounts } from '../../backend/mounts/mount-table.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { checkPath } from './routes.ts'

type Migration = { readonly source: string; readonly target: string }
const migrations = jsonRecord<Migration>('remount')
const migrationKey = (id: string) => `ns/root/remount/${id}` as StorageKey

const withSlash = (path: string) => (path.endsWith('/') ? path : `${path}/`)

/** A mount's rows lie under its UUID, so that a move changes one row and is done when the call returns. */
export const remountRoutes = [
  systemRoute({
    path: 'remount',
    summary: 'Move a mount to another path.',
    fields: { from: field.string('Where it is.'), to: field.string('Where it is to be.') },
    sudo: true,
    answers: { write: answer.flat(shape.object({ migration_id: shape.string() })) },
    operations: {
      update: async (context, { from = '', to = '' }) => {
        const source = withSlash(from)
        const target = withSlash(to)
        const { mounts } = await readMounts(context.tx)
        const mount = mounts.find((other) => mountPoint(other) === source)
        if (mount === undefined) fail('invalid_request', `no matching mount at "${source}"`)
        if (mount.spaces !== undefined) {
          fail(
            'invalid_request',
            `the mount "${source}" belongs to the spaces configuration; change it there`,
          )
        }
        if (isBuiltIn(mount)) fail('invalid_request', `cannot remount "${source}"`)
        const isAuth = mount.table === 'auth'
        if (isAuth !== target.startsWith('auth/')) {
          fail('invalid_request', 'an auth method stays below auth/ and a secrets engine outside of it')
        }
        const path = isAuth ? target.slice('auth/'.length) : target
        checkPath(mounts, mount.table, path)
        writeMounts(
          context.tx,
          mounts.map((other) => (other.uuid === mount.uuid ? { ...other, path } : other)),
        )
        const id = context.random.uuid()
        context.tx.put(migrations, migrationKey(id), { source, target })
        context.warn('The mount has moved; policies that name its old path do not follow it')
        return { data: { migration_id: id }, flatten: true }
      },
    },
  }),
  systemRoute({
    path: 'remount/status/{id}',
    summary: 'How a move went.',
    answers: {
      read: answer.data(
        shape.object({
          migration_id: shape.string(),
          migration_info: shape.object({
            source_mount: shape.string(),
            status: shape.string(),
            target_mount: shape.string(),
          }),
        }),
      ),
    },
    operations: {
      read: async (context) => {
        const id = context.params.id ?? ''
        const found = /^[0-9a-f-]{36}$/.test(id)
          ? await context.tx.get(migrations, migrationKey(id))
          : undefined
        if (found === undefined) fail('not_found')
        const info = { source_mount: found.source, target_mount: found.target, status: 'success' }
        return { data: { migration_id: id, migration_info: info } }
      },
    },
  }),
]
