import { configName, configs } from '../../auth/jwt/config-record.ts'
import { type JwtRole, roleFolder, roles } from '../../auth/jwt/role.ts'
import { type Mount, type MountTableName, mountKey } from '../../backend/mount.ts'
import { readMounts, writeMounts } from '../../backend/mount-table.ts'
import { blankTokenSettings } from '../../backend/token-settings.ts'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import {
  type Alias,
  type Group,
  groupAliasIdKey,
  groupAliasNameKey,
  groupKey,
  groupNameKey,
  groups,
  references,
} from '../../identity/record.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { policyKey, storedPolicies } from '../../policy/stored.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import {
  personPolicy,
  personRules,
  readersPolicy,
  readersRules,
  writersPolicy,
  writersRules,
} from './policies.ts'
import type { SpacesSettings } from './settings.ts'

/** The role that people log in with when they name none. */
const roleName = 'default'

/** Brings mounts, auth method, role, policies and groups in line with a spaces configuration. */
export async function applySpaces(
  tx: Transaction,
  random: Random,
  settings: SpacesSettings,
  now: number,
): Promise<void> {
  await ensureMount(
    tx,
    random,
    settings,
    'secret',
    `${settings.mount}/`,
    'kv',
    'private spaces and shared folders',
  )
  const auth = await ensureMount(
    tx,
    random,
    settings,
    'auth',
    `${settings.authPath}/`,
    'jwt',
    'federated login',
  )
  await writeLogin(tx, settings, auth)
  await writePolicy(tx, personPolicy(settings), personRules(settings, auth.accessor))
  for (const vo of settings.vos) {
    await writePolicy(tx, readersPolicy(settings, vo), readersRules(settings, vo))
    await writePolicy(tx, writersPolicy(settings, vo), writersRules(settings, vo))
    await ensureGroup(tx, random, auth, vo.readers, readersPolicy(settings, vo), now)
    if (vo.writers !== undefined) {
      await ensureGroup(tx, random, auth, vo.writers, writersPolicy(settings, vo), now)
    }
  }
}

async function ensureMount(
  tx: Transaction,
  random: Random,
  { name }: SpacesSettings,
  table: MountTableName,
  path: string,
  type: string,
  description: string,
): Promise<Mount> {
  const { mounts } = await readMounts(tx)
  const known = mounts.find((mount) => mount.table === table && mount.path === path)
  if (known !== undefined) {
    if (known.spaces === name && known.type === type) return known
    fail('invalid_config', `spaces "${name}" needs the mount "${path}", which is in use for something else`)
  }
  const mount: Mount = {
    table,
    path,
    type,
    uuid: random.uuid(),
    accessor: `${table === 'auth' ? 'auth_' : ''}${type}_${random.bytes(4).toString('hex')}`,
    description,
    options: null,
    local: false,
    sealWrap: false,
    config: {
      defaultLeaseTtl: 0,
      maxLeaseTtl: 0,
      forceNoCache: false,
      ...(table === 'auth' ? { listingVisibility: 'unauth' as const } : {}),
    },
    spaces: name,
  }
  writeMounts(tx, [...mounts, mount])
  return mount
}

async function writeLogin(tx: Transaction, settings: SpacesSettings, auth: Mount): Promise<void> {
  const config = {
    discoveryUrl: settings.issuer,
    discoveryCa: settings.issuerCa,
    jwksUrl: '',
    jwksCa: '',
    jwksPairs: [],
    publicKeys: [],
    algorithms: [],
    boundIssuer: settings.issuer,
    defaultRole: roleName,
    groupsFromUserinfo: settings.groupsFromUserinfo,
    clientId: '',
    clientSecret: '',
    responseMode: '',
    responseTypes: [],
    namespaceInState: true,
  }
  const role: JwtRole = {
    type: 'jwt',
    userClaim: settings.personClaim,
    userClaimIsPointer: false,
    boundAudiences: settings.boundAudiences,
    boundSubject: '',
    boundClaims: settings.clientIds?.length ? { azp: [...settings.clientIds] } : null,
    boundClaimsType: 'string',
    claimMappings: null,
    groupsClaim: settings.groupsClaim,
    groupsFormat: settings.groupsFormat,
    entitlementNamespaces: settings.entitlementNamespaces,
    entitlementAuthorities: settings.entitlementAuthorities,
    leeways: { expiration: 0, notBefore: 0, clockSkew: 0 },
    maxAge: 0,
    verboseLogging: false,
    scopes: null,
    redirectUris: null,
    token: {
      ...blankTokenSettings,
      policies: [personPolicy(settings)],
      ttl: settings.tokenTtl ?? 0,
      maxTtl: settings.tokenMaxTtl ?? 0,
    },
    olderNames: [],
  }
  await writeIfNew(tx, configs, mountKey(auth, configName), config)
  await writeIfNew(tx, roles, mountKey(auth, roleFolder + roleName), role)
}

/** A start that changes nothing writes nothing. */
async function writeIfNew<T>(
  tx: Transaction,
  kind: Parameters<typeof tx.put<T>>[0],
  key: Parameters<typeof tx.put<T>>[1],
  record: T,
): Promise<void> {
  const before = await tx.get(kind, key)
  if (JSON.stringify(before) !== JSON.stringify(record)) tx.put(kind, key, record)
}

async function writePolicy(tx: Transaction, name: string, text: string): Promise<void> {
  const before = await tx.get(storedPolicies, policyKey(name))
  if (before?.text !== text) tx.put(storedPolicies, policyKey(name), { text, policy: parsePolicy(text) })
}

/** An external group that logins through the auth method assert, with the policy of its folder. */
async function ensureGroup(
  tx: Transaction,
  random: Random,
  auth: Mount,
  name: string,
  policy: string,
  now: number,
): Promise<void> {
  const reference = await tx.get(references, groupAliasNameKey(auth.accessor, name))
  const known = reference === undefined ? undefined : await tx.get(groups, groupKey(reference.id))
  if (known !== undefined) {
    if (known.policies.includes(policy)) return
    tx.put(groups, groupKey(known.id), {
      ...known,
      policies: [...known.policies, policy].sort(),
      updated: now,
    })
    return
  }
  const alias: Alias = {
    id: random.uuid(),
    name,
    mountAccessor: auth.accessor,
    metadata: null,
    customMetadata: null,
    created: now,
    updated: now,
  }
  const taken = await tx.get(references, groupNameKey(name))
  const group: Group = {
    id: random.uuid(),
    name: taken === undefined ? name : `${name} (${auth.accessor})`,
    type: 'external',
    policies: [policy],
    metadata: null,
    memberGroups: [],
    parents: [],
    modifyIndex: 1,
    alias,
    created: now,
    updated: now,
  }
  tx.put(groups, groupKey(group.id), group)
  tx.put(references, groupNameKey(group.name), { id: group.id })
  tx.put(references, groupAliasIdKey(alias.id), { id: group.id })
  tx.put(references, groupAliasNameKey(auth.accessor, name), { id: group.id })
}
