import type { Mount } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import {
  type GroupGrant,
  readSpacesTable,
  type SpacesLogin,
  spacesTableKey,
  spacesTables,
} from '../../backend/spaces/logins.ts'
import { ownerPrefix, usualFolder } from '../../backend/spaces/space.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { policyKey, storedPolicies } from '../../policy/stored.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { contradictionIn, isQualified } from './agreement.ts'
import { recordChanges, recordMoves } from './changes.ts'
import { ensureGroup, grantName, withdraw } from './groups.ts'
import { removeLogin, writeLogin } from './login.ts'
import { ensureHome, ensureLogin, type Plan } from './mounts.ts'
import { groupName } from './names.ts'
import {
  personPolicy,
  personRules,
  policyNames,
  readersPolicy,
  readersRules,
  writersPolicy,
  writersRules,
} from './policies.ts'
import type { SpacesSettings, VoSettings } from './settings.ts'
import { writeIfNew } from './write.ts'

type Tools = { readonly clock: Clock; readonly random: Random }

/** Does some work in a transaction of its own, again where another one got in between. */
export type TransactIn = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

/** A block as it is now. */
type Applied = { readonly settings: SpacesSettings; readonly auth: Mount; readonly login: SpacesLogin }

/** What has to be in line of one transaction: every store takes a commit of a hundred rows. */
const vosAtOnce = 4
const goneAtOnce = 20

/**
 * Brings mounts, logins, roles, policies and groups in line with the spaces configuration, and takes away what
 * it no longer names, apart from what people own. In steps, each of which a commit of every store can hold; the table of
 * spaces names at any time all that there may be, so that the next start goes on where one ended.
 *
 * @returns what an operator should know
 * @throws invalid_config when the configuration contradicts itself or what people own already
 */
export async function applySpaces(
  transactIn: TransactIn,
  tools: Tools,
  all: readonly SpacesSettings[],
): Promise<readonly string[]> {
  const wrong = contradictionIn(all)
  if (wrong !== undefined) fail('invalid_config', `spaces "${all[wrong.at]?.name}": ${wrong.text}`)
  const { applied, texts } = await transactIn((tx) => applyBlocks(tx, tools, all))
  const grants: GroupGrant[] = []
  for (const block of applied) {
    const { vos } = block.settings
    for (let at = 0; at < vos.length; at += vosAtOnce) {
      const some = vos.slice(at, at + vosAtOnce)
      grants.push(...(await transactIn((tx) => applyVos(tx, tools, block, some))))
    }
  }
  const policies = new Set(all.flatMap(policyNames))
  const kept = new Set(grants.map(grantName))
  while (await transactIn((tx) => takeBack(tx, policies, kept, tools.clock.now()))) {}
  return [...texts, ...all.filter(({ allowAnyAudience }) => allowAnyAudience === true).map(replayable)]
}

async function applyBlocks(
  tx: Transaction,
  tools: Tools,
  all: readonly SpacesSettings[],
): Promise<{ applied: readonly Applied[]; texts: readonly string[] }> {
  const { logins: before } = await readSpacesTable(tx)
  const { mounts: mountsBefore } = await readMounts(tx)

  const applied: Applied[] = []
  for (const settings of all) applied.push(await applyOne(tx, tools, { settings, all, before }))
  for (const { auth } of applied) {
    const sharing = applied.filter((other) => other.auth.uuid === auth.uuid)
    await writeLogin(
      tx,
      auth,
      sharing.map(({ settings }) => settings),
    )
  }
  const now = applied.map(({ login }) => login)
  const after = [...now, ...(await retire(tx, before, now))]
  const texts = [
    ...recordMoves(tx, tools, mountsBefore, (await readMounts(tx)).mounts),
    ...recordChanges(tx, tools, before, after),
  ]
  await writeTable(tx, after)
  return { applied, texts }
}

const replayable = ({ name }: SpacesSettings) =>
  `spaces "${name}": tokens made for any audience are taken: every service that sees one can act as its user here`

async function applyOne(tx: Transaction, { random }: Tools, plan: Plan): Promise<Applied> {
  const { settings, before } = plan
  const home = await ensureHome(tx, random, plan)
  const auth = await ensureLogin(tx, random, plan)
  const qualifier = await qualifierOf(tx, plan, home)
  await writePolicy(tx, personPolicy(settings), personRules(settings, auth.accessor))
  const had = before.find(({ name }) => name === settings.name)
  const login: SpacesLogin = {
    name: settings.name,
    issuer: settings.issuer,
    claim: settings.personClaim,
    auth: auth.uuid,
    home: home.uuid,
    people: settings.peopleFolder ?? usualFolder,
    qualifier,
    // What it made before is taken back at the end.
    policies: [...new Set([...policyNames(settings), ...(had?.policies ?? [])])],
    grants: had?.grants ?? [],
    ...titlesOf(settings),
  }
  return { settings, auth, login }
}

/** The shared folders of some VOs: policies, and groups that have them. @returns what was given to groups */
async function applyVos(
  tx: Transaction,
  { clock, random }: Tools,
  { settings, auth, login: { name, qualifier } }: Applied,
  vos: readonly VoSettings[],
): Promise<readonly GroupGrant[]> {
  const { logins } = await readSpacesTable(tx)
  const given: GroupGrant[] = []
  for (const vo of vos) {
    await writePolicy(tx, readersPolicy(settings, vo), readersRules(settings, vo))
    await writePolicy(tx, writersPolicy(settings, vo), writersRules(settings, vo))
    const ensure = async (group: string, policy: string) => {
      given.push(await ensureGroup(tx, random, auth, groupName(group, qualifier), policy, clock.now()))
    }
    await ensure(vo.readers, readersPolicy(settings, vo))
    if (vo.writers !== undefined) await ensure(vo.writers, writersPolicy(settings, vo))
  }
  const added = (grants: readonly GroupGrant[]) => {
    const known = new Set(grants.map(grantName))
    return [...grants, ...given.filter((grant) => !known.has(grantName(grant)))]
  }
  await writeTable(
    tx,
    logins.map((login) => (login.name === name ? { ...login, grants: added(login.grants ?? []) } : login)),
  )
  return given
}

/** Takes back some of what the configuration does not say any more. @returns whether there is more */
async function takeBack(
  tx: Transaction,
  policies: ReadonlySet<string>,
  kept: ReadonlySet<string>,
  now: number,
): Promise<boolean> {
  const { logins } = await readSpacesTable(tx)
  const stale = logins.flatMap((login) => login.policies.filter((policy) => !policies.has(policy)))
  const withdrawn = logins.flatMap(({ grants = [] }) => grants.filter((grant) => !kept.has(grantName(grant))))
  if (stale.length + withdrawn.length === 0) return false
  const gone = new Set(stale.slice(0, goneAtOnce))
  const back = withdrawn.slice(0, goneAtOnce)
  for (const policy of gone) {
    if ((await tx.get(storedPolicies, policyKey(policy))) !== undefined) tx.delete(policyKey(policy))
  }
  await withdraw(tx, back, now)
  const names = new Set(back.map(grantName))
  await writeTable(
    tx,
    logins.map((login) => ({
      ...login,
      policies: login.policies.filter((policy) => !gone.has(policy)),
      grants: (login.grants ?? []).filter((grant) => !names.has(grantName(grant))),
    })),
  )
  return stale.length > goneAtOnce || withdrawn.length > goneAtOnce
}

async function writeTable(tx: Transaction, logins: readonly SpacesLogin[]): Promise<void> {
  if (logins.length > 0) await writeIfNew(tx, spacesTables, spacesTableKey, { logins })
}

function titlesOf({ vos }: SpacesSettings): Pick<SpacesLogin, 'titles'> {
  const titles = vos.flatMap(({ name, title }) => (title === undefined ? [] : [[name, title] as const]))
  return titles.length === 0 ? {} : { titles: Object.fromEntries(titles) }
}

/**
 * The qualifier of a block's people. It stays what it was once there are spaces: their folders do not follow.
 *
 * @throws invalid_config when people of a block would find other folders than their own
 */
async function qualifierOf(tx: Transaction, { settings, all, before }: Plan, home: Mount): Promise<string> {
  const { name, peopleFolder = usualFolder } = settings
  const wanted = isQualified(settings, all) ? name : ''
  const had = before.find((login) => login.name === name)
  if (had === undefined || (had.qualifier === wanted && had.people === peopleFolder)) return wanted
  const { names } = await tx.list(ownerPrefix(home.uuid), { limit: 1 })
  if (names.length === 0) return wanted
  if (had.people !== peopleFolder) {
    fail(
      'invalid_config',
      `spaces "${name}": people_folder was "${had.people}" and people have spaces there, which would not follow`,
    )
  }
  if (had.qualifier === '') {
    fail(
      'invalid_config',
      `spaces "${name}": it must stay authoritative: its people have spaces under their bare names, which would not follow`,
    )
  }
  return had.qualifier
}

/** Blocks that are gone: their logins end, and their people own what they own. */
async function retire(
  tx: Transaction,
  before: readonly SpacesLogin[],
  now: readonly SpacesLogin[],
): Promise<SpacesLogin[]> {
  const { byUuid } = await readMounts(tx)
  const gone = before.filter(({ name }) => !now.some((login) => login.name === name))
  for (const { auth, name } of gone) {
    const mount = byUuid(auth)
    if (mount === undefined) continue
    await removeLogin(
      tx,
      mount,
      name,
      now.some((login) => login.auth === auth),
    )
  }
  return gone.map((login) => ({ ...login, retired: true }))
}

async function writePolicy(tx: Transaction, name: string, text: string): Promise<void> {
  const before = await tx.get(storedPolicies, policyKey(name))
  if (before?.text !== text) tx.put(storedPolicies, policyKey(name), { text, policy: parsePolicy(text) })
}
