import {
  type Mount,
  type MountConfig,
  type MountTableName,
  newMount,
  noConfig,
} from '../../backend/mounts/mount.ts'
import { readMounts, writeMounts } from '../../backend/mounts/mount-table.ts'
import type { SpacesLogin } from '../../backend/spaces/logins.ts'
import { peopleOf, usualFolder } from '../../backend/spaces/space.ts'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { SpacesSettings } from './settings.ts'

/** What a block asks for, all blocks of now, and what the blocks of before made. */
export type Plan = {
  readonly settings: SpacesSettings
  readonly all: readonly SpacesSettings[]
  readonly before: readonly SpacesLogin[]
}

type Place = {
  readonly table: MountTableName
  readonly type: string
  readonly description: string
  /** Where a block wants the mount, without a slash at its end. */
  readonly pathOf: (settings: SpacesSettings) => string
  /** The mount that a block had. */
  readonly uuidOf: (login: SpacesLogin) => string
}

const homePlace: Place = {
  table: 'secret',
  type: 'kv',
  description: 'private spaces and shared folders',
  pathOf: ({ mount }) => mount,
  uuidOf: ({ home }) => home,
}

const loginPlace: Place = {
  table: 'auth',
  type: 'jwt',
  description: 'federated login',
  pathOf: ({ authPath }) => authPath,
  uuidOf: ({ auth }) => auth,
}

/**
 * The secrets mount of a block, with an owner guard below its folder of people. A mount whose path changed in
 * the configuration moves with all that is in it.
 *
 * @throws invalid_config when the path is in use, or other blocks stay where this one leaves
 */
export async function ensureHome(tx: Transaction, random: Random, plan: Plan): Promise<Mount> {
  const mount = await ensure(tx, random, plan, homePlace)
  const { peopleFolder = usualFolder } = plan.settings
  const people = peopleOf(mount)
  const deletedSecretsTtl = longestKept(plan)
  const isKnown = mount.people !== undefined && people.includes(peopleFolder)
  if (isKnown && mount.config.deletedSecretsTtl === deletedSecretsTtl) return mount
  const config = { ...mount.config, deletedSecretsTtl }
  return replace(tx, { ...mount, config, people: [...new Set([...people, peopleFolder])] })
}

const week = 7 * 24 * 3600

/** How long the blocks of a mount want deleted secrets to be kept; seconds. */
const longestKept = ({ settings, all }: Plan) =>
  Math.max(
    ...[settings, ...all]
      .filter(({ mount }) => mount === settings.mount)
      .map(({ deletedSecretsTtl = week }) => deletedSecretsTtl),
  )

/**
 * The auth mount of a block, described by what the page calls its provider. It moves as {@link ensureHome}, unless
 * other blocks stay on it.
 */
export async function ensureLogin(tx: Transaction, random: Random, plan: Plan): Promise<Mount> {
  const mount = await ensure(tx, random, plan, loginPlace)
  const label = plan.settings.browser?.label
  return label === undefined || label === mount.description
    ? mount
    : replace(tx, { ...mount, description: label })
}

async function ensure(tx: Transaction, random: Random, plan: Plan, place: Place): Promise<Mount> {
  const { settings } = plan
  const path = `${place.pathOf(settings)}/`
  const { mounts } = await readMounts(tx)
  const own = known(mounts, plan, place)
  if (own?.path === path) return own
  if (own !== undefined && !staysInUse(own, plan, place)) {
    checkFree(mounts, own, settings, path, place)
    return replace(tx, { ...own, path })
  }
  if (own !== undefined && place.table === 'secret') {
    refuse(settings, `cannot leave the mount "${own.path}", where other blocks keep their people’s folders`)
  }
  const there = mounts.find((mount) => mount.table === place.table && mount.path === path)
  if (there !== undefined && there.type === place.type && isOfSharer(there, plan, place)) return there
  checkFree(mounts, undefined, settings, path, place)
  const { table, type, description } = place
  const config: MountConfig = table === 'auth' ? { ...noConfig, listingVisibility: 'unauth' } : noConfig
  const mount = newMount(random, { table, path, type, description, config, spaces: settings.name })
  writeMounts(tx, [...mounts, mount])
  return mount
}

function known(mounts: readonly Mount[], { settings, before }: Plan, place: Place): Mount | undefined {
  const had = before.find(({ name }) => name === settings.name)
  return mounts.find((mount) =>
    had === undefined
      ? mount.table === place.table && mount.spaces === settings.name && mount.type === place.type
      : mount.uuid === place.uuidOf(had),
  )
}

/** Whether another block of now had this mount and does not go where this one goes. */
function staysInUse(mount: Mount, { settings, all, before }: Plan, { pathOf, uuidOf }: Place): boolean {
  return before.some((login) => {
    const other = all.find(({ name }) => name === login.name && name !== settings.name)
    return uuidOf(login) === mount.uuid && other !== undefined && pathOf(other) !== pathOf(settings)
  })
}

/** Whether the mount at the path was made by, or for, a block of now that wants it too. */
const isOfSharer = (mount: Mount, { settings, all, before }: Plan, { pathOf, uuidOf }: Place): boolean =>
  all.some(
    (other) =>
      other.name !== settings.name &&
      pathOf(other) === pathOf(settings) &&
      (mount.spaces === other.name ||
        before.some((login) => login.name === other.name && uuidOf(login) === mount.uuid)),
  )

/** Mounts never nest: a path inside another one would be ambiguous. */
function checkFree(
  mounts: readonly Mount[],
  own: Mount | undefined,
  settings: SpacesSettings,
  path: string,
  { table }: Place,
): void {
  const taken = mounts.some(
    (mount) =>
      mount.table === table &&
      mount.uuid !== own?.uuid &&
      (mount.path.startsWith(path) || path.startsWith(mount.path)),
  )
  if (taken || (table === 'secret' && path.startsWith('auth/'))) {
    refuse(settings, `needs the mount "${path}", which is in use for something else`)
  }
}

const refuse = ({ name }: SpacesSettings, text: string): never =>
  fail('invalid_config', `spaces "${name}" ${text}`)

async function replace(tx: Transaction, mount: Mount): Promise<Mount> {
  const { mounts } = await readMounts(tx)
  writeMounts(
    tx,
    mounts.map((other) => (other.uuid === mount.uuid ? mount : other)),
  )
  return mount
}
