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
import { ensureGroup, withdraw } from './groups.ts'
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
import type { SpacesSettings } from './settings.ts'
import { writeIfNew } from './write.ts'

type Tools = { readonly clock: Clock; readonly random: Random }
type Applied = { readonly settings: SpacesSettings; readonly auth: Mount; readonly login: SpacesLogin }

/**
 * Brings mounts, logins, roles, policies and groups in line with the spaces configuration, and takes away what
 * it no longer names, apart from what people own.
 *
 * @returns what an operator should know
 * @throws invalid_config when the configuration contradicts itself or what people own already
 */
export async function applySpaces(
  tx: Transaction,
  tools: Tools,
  all: readonly SpacesSettings[],
): Promise<readonly string[]> {
  const wrong = contradictionIn(all)
  if (wrong !== undefined) fail('invalid_config', `spaces "${all[wrong.at]?.name}": ${wrong.text}`)
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
  await withdraw(tx, before, after, tools.clock.now())
  const texts = [
    ...recordMoves(tx, tools, mountsBefore, (await readMounts(tx)).mounts),
    ...recordChanges(tx, tools, before, after),
  ]
  if (after.length > 0) await writeIfNew(tx, spacesTables, spacesTableKey, { logins: after })
  return [...texts, ...all.filter(({ allowAnyAudience }) => allowAnyAudience === true).map(replayable)]
}

const replayable = ({ name }: SpacesSettings) =>
  `spaces "${name}": tokens made for any audience are taken: every service that sees one can act as its user here`

async function applyOne(tx: Transaction, { clock, random }: Tools, plan: Plan): Promise<Applied> {
  const { settings } = plan
  const home = await ensureHome(tx, random, plan)
  const auth = await ensureLogin(tx, random, plan)
  const qualifier = await qualifierOf(tx, plan, home)
  await writePolicy(tx, personPolicy(settings), personRules(settings, auth.accessor))
  const grants: GroupGrant[] = []
  for (const vo of settings.vos) {
    await writePolicy(tx, readersPolicy(settings, vo), readersRules(settings, vo))
    await writePolicy(tx, writersPolicy(settings, vo), writersRules(settings, vo))
    const ensure = (group: string, policy: string) =>
      ensureGroup(tx, random, auth, groupName(group, qualifier), policy, clock.now())
    grants.push(await ensure(vo.readers, readersPolicy(settings, vo)))
    if (vo.writers !== undefined) grants.push(await ensure(vo.writers, writersPolicy(settings, vo)))
  }
  const login: SpacesLogin = {
    name: settings.name,
    issuer: settings.issuer,
    claim: settings.personClaim,
    auth: auth.uuid,
    home: home.uuid,
    people: settings.peopleFolder ?? usualFolder,
    qualifier,
    policies: policyNames(settings),
    grants,
    ...titlesOf(settings),
  }
  return { settings, auth, login }
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

/** Blocks that are gone: their logins and policies end, and their people own what they own. */
async function retire(
  tx: Transaction,
  before: readonly SpacesLogin[],
  now: readonly SpacesLogin[],
): Promise<SpacesLogin[]> {
  const kept = new Set(now.flatMap(({ policies }) => policies))
  for (const { policies } of before) {
    for (const policy of policies) {
      if (kept.has(policy)) continue
      if ((await tx.get(storedPolicies, policyKey(policy))) !== undefined) tx.delete(policyKey(policy))
    }
  }
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
  return gone.map((login) => ({ ...login, policies: [], grants: [], retired: true }))
}

async function writePolicy(tx: Transaction, name: string, text: string): Promise<void> {
  const before = await tx.get(storedPolicies, policyKey(name))
  if (before?.text !== text) tx.put(storedPolicies, policyKey(name), { text, policy: parsePolicy(text) })
}
