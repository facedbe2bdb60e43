import { answer } from '../../backend/answers/answer.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { isBuiltIn, type Mount, type MountTableName, newMount, noConfig } from '../../backend/mounts/mount.ts'
import { type MountTable, mayShowValues, readMounts, writeMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field, fieldReader } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { SystemServices } from '../services.ts'
import { withLockout } from './lockout.ts'
import { retireMount } from './retire.ts'
import { applySettings, type Settings, settingFields } from './settings.ts'
import { mountData, mountShape, mountsShape, tuneData } from './view.ts'

const mountFields = {
  type: field.any('The type of engine or auth method.'),
  description: field.string('For people.', { maxLength: 4096 }),
  config: field.object('Settings: TTLs, visibility, audit keys.'),
  options: field.map('Options of the type, such as version.'),
  local: field.boolean('Kept for clients.'),
  seal_wrap: field.boolean('Kept for clients.'),
  external_entropy_access: field.boolean('Kept for clients.'),
  plugin_name: field.string('The type, as older clients send it.'),
  plugin_version: field.string('Kept for clients.'),
}
const allFields = { ...mountFields, ...settingFields }
type Sent = FieldValues<typeof allFields>

const settings = fieldReader(settingFields)
const tuneSuffix = '/tune'
const authPrefix = 'auth/'

/** `sys/mounts` and `sys/auth`: the same rows, each its own table, with the words that clients know. */
export function mountRoutes(table: MountTableName, services: SystemServices) {
  const isAuth = table === 'auth'
  const base = isAuth ? 'auth' : 'mounts'

  const read = async (context: SystemContext): Promise<Reply> => {
    const { path, tune } = target(context)
    const mount = await find(context, table, path)
    if (tune) {
      if (mount === undefined)
        fail('invalid_request', `cannot fetch sysview for path ${JSON.stringify(path)}`)
      return { data: tuneData(mount, services.systemTtl), flatten: true }
    }
    if (mount === undefined) {
      fail('invalid_request', isAuth ? `No auth engine at ${path}` : `No secret engine mount at ${path}`)
    }
    return { data: mountData(mount), flatten: true }
  }

  const write = async (context: SystemContext, sent: Sent): Promise<Reply> => {
    const { path, tune } = target(context)
    return tune ? tuneMount(context, table, path, sent) : addMount(context, services, table, path, sent)
  }

  const remove = async (context: SystemContext): Promise<Reply> => {
    const { path } = target(context)
    // What sys/auth demands, such as sudo, holds for every auth method.
    if (!isAuth && path.startsWith(authPrefix)) {
      fail('invalid_request', `cannot unmount "${path}": auth methods are disabled by sys/auth`)
    }
    const mount = await find(context, table, path)
    if (mount === undefined) return {}
    if (isBuiltIn(mount)) {
      fail(
        'invalid_request',
        isAuth ? 'token credential backend cannot be disabled' : `cannot unmount "${path}"`,
      )
    }
    if (mount.spaces !== undefined) {
      fail('invalid_request', `"${path}" belongs to the spaces configuration; take it out there first`)
    }
    const { mounts } = await readMounts(context.tx)
    writeMounts(
      context.tx,
      mounts.filter(({ uuid }) => uuid !== mount.uuid),
    )
    retireMount(context.tx, mount)
    services.sweepSoon()
    return {}
  }

  return [
    systemRoute({
      path: base,
      summary: isAuth ? 'Show the auth methods.' : 'Show the secrets engines.',
      answers: { read: answer.flat(mountsShape) },
      operations: {
        read: async (context) => {
          const { mounts } = await readMounts(context.tx)
          const rows = mounts.filter((mount) => mount.table === table)
          const data: JsonObject = Object.fromEntries(rows.map((mount) => [mount.path, mountData(mount)]))
          return { data, flatten: true }
        },
      },
    }),
    systemRoute({
      path: `${base}/{path+}`,
      summary: isAuth
        ? 'Enable, read, tune and disable an auth method.'
        : 'Mount, read, tune and unmount an engine.',
      fields: allFields,
      answers: { read: answer.flat(mountShape) },
      operations: { read, update: write, delete: remove },
      ...(isAuth ? { sudo: true as const } : {}),
    }),
  ]
}

/** `{path}` or `{path}/tune`, the path with its slash. `sys/mounts/auth/x/tune` is for auth methods. */
function target(context: SystemContext): { path: string; tune: boolean } {
  const text = context.params.path ?? ''
  const tune = text.endsWith(tuneSuffix)
  const path = tune ? text.slice(0, -tuneSuffix.length) : text
  return { path: path.endsWith('/') ? path : `${path}/`, tune }
}

async function find(context: SystemContext, table: MountTableName, path: string): Promise<Mount | undefined> {
  const { mounts } = await readMounts(context.tx)
  const other = table === 'secret' && path.startsWith(authPrefix)
  return mounts.find((mount) =>
    other
      ? mount.table === 'auth' && `auth/${mount.path}` === path
      : mount.table === table && mount.path === path,
  )
}

async function addMount(
  context: SystemContext,
  services: SystemServices,
  table: MountTableName,
  path: string,
  sent: Sent,
): Promise<Reply> {
  const isAuth = table === 'auth'
  const asked = sent.type === undefined || sent.type === '' ? sent.plugin_name : sent.type
  if (typeof asked !== 'string' || asked === '')
    fail('invalid_request', 'backend type must be specified as a string')
  if (isAuth && asked === 'token') fail('invalid_request', 'token credential backend cannot be instantiated')
  const { type, options } = normalised(asked, sent.options)
  const known = services.typeOf({ table, type, options })
  if (known === undefined) {
    if (type === 'kv')
      fail('invalid_request', `there is no version ${options?.version} of the engine kv here`)
    fail('invalid_request', `plugin not found in the catalog: ${asked}`)
  }
  if (!known.mountable) fail('invalid_request', `mount type of "${type}" is not mountable`)

  const before = await readMounts(context.tx)
  const { mounts } = before
  checkPath(mounts, table, path)
  const config = (await settings.read(sent.config ?? {})).values
  const mount = newMount(context.random, {
    table,
    path,
    type,
    description: sent.description ?? '',
    options,
    local: sent.local ?? false,
    sealWrap: sent.seal_wrap ?? false,
    config: await withLockout(applySettings(noConfig, config, isAuth), config, type),
  })
  checkShown(before, mount, config)
  writeMounts(context.tx, [...mounts, mount])
  return {}
}

/** `kv-v2` and `generic` are older names; `kv` without a version is version 1. */
function normalised(asked: string, sent: Readonly<Record<string, string>> | undefined) {
  const options = sent === undefined || Object.keys(sent).length === 0 ? null : { ...sent }
  if (asked === 'kv-v2') return { type: 'kv', options: { ...options, version: '2' } }
  if (asked === 'kv-v1') return { type: 'kv', options: { ...options, version: '1' } }
  if (asked === 'generic') return { type: 'kv', options }
  return { type: asked, options }
}

export function checkPath(mounts: readonly Mount[], table: MountTableName, path: string): void {
  if (!/^([^/]+\/)+$/.test(path) || path.length > 256) {
    fail(
      'invalid_request',
      `cannot mount "${path}": a mount path has one or more segments, at most 256 bytes`,
    )
  }
  const first = path.slice(0, path.indexOf('/') + 1)
  if (table === 'secret' && (first === authPrefix || isBuiltIn({ table, path: first }))) {
    fail('invalid_request', `cannot mount "${path}"`)
  }
  // Mounts never nest: a path inside another one would be ambiguous.
  const taken = mounts.find(
    (mount) => mount.table === table && (mount.path.startsWith(path) || path.startsWith(mount.path)),
  )
  if (taken !== undefined) fail('invalid_request', `path is already in use at ${taken.path}`)
}

async function tuneMount(
  context: SystemContext,
  table: MountTableName,
  path: string,
  sent: Sent,
): Promise<Reply> {
  const mount = await find(context, table, path)
  if (mount === undefined) {
    fail('invalid_request', `tune of path "${path}" failed: no mount entry found`)
  }
  if (mount.type === 'cubbyhole') {
    const [name = 'config'] = Object.keys(context.request.fields)
    fail('invalid_request', `cannot tune parameter ${name} of ${path}`)
  }
  // Tokens that tokens make are of the kind that is asked for, or that their role says.
  if (mount.table === 'auth' && mount.type === 'token' && sent.token_type !== undefined) {
    fail('invalid_request', "'token_type' cannot be set for 'token' or 'ns_token' auth mounts")
  }
  const before = await readMounts(context.tx)
  const tuned: Mount = {
    ...mount,
    description: sent.description ?? mount.description,
    ...(sent.options === undefined ? {} : tunedOptions(mount, sent.options, context.clock.now())),
    config: await withLockout(applySettings(mount.config, sent, mount.table === 'auth'), sent, mount.type),
  }
  checkShown(before, mount, sent)
  writeMounts(
    context.tx,
    before.mounts.map((other) => (other.uuid === mount.uuid ? tuned : other)),
  )
  return {}
}

/** Whoever reads the audit log must not find there what the owner guard keeps from everybody. */
function checkShown(table: MountTable, mount: Mount, sent: Settings): void {
  const { audit_non_hmac_request_keys: asked = [], audit_non_hmac_response_keys: answered = [] } = sent
  if (asked.length + answered.length > 0 && !mayShowValues(table, mount)) {
    fail(
      'invalid_request',
      `audit_non_hmac_request_keys and audit_non_hmac_response_keys are not taken for "${mount.path}": people's tokens and secrets go through it`,
    )
  }
}

/**
 * Options as they are from now on. A mount of KV begins to keep versions at once and for all its secrets: the
 * engine of version 2 takes what version 1 stored as it is.
 */
function tunedOptions(
  mount: Mount,
  sent: Readonly<Record<string, string>>,
  now: number,
): Pick<Mount, 'options' | 'versionedSince'> {
  const options = { ...mount.options, ...sent }
  if (mount.type !== 'kv') return { options }
  const before = mount.options?.version ?? '1'
  const { version = before } = options
  if (version === before) return { options: { ...options, version } }
  if (before === '2') fail('invalid_request', 'cannot downgrade mount from version 2')
  if (version !== '2')
    fail('invalid_request', `there is no version ${version.slice(0, 32)} of the engine kv here`)
  if (mount.spaces !== undefined || (mount.people?.length ?? 0) > 0) {
    fail('invalid_request', `"${mount.path}" holds people's spaces, which are of version 1`)
  }
  return { options, versionedSince: now }
}
