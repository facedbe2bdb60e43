import type { Context } from '../../backend/context.ts'
import type { Login } from '../../backend/logins/login.ts'
import { foldRoleName, isRoleName, renewByRole, roleFolder, wantRole } from '../../backend/logins/roles.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type ApiServer, annotationsOf, labelsOf, reviewToken } from './api-server.ts'
import { credentialFor } from './credential.ts'
import { localKeys } from './keys.ts'
import { configName, configs, type KubernetesConfig, type KubernetesRole, roles } from './record.ts'
import { parseSelector, selects } from './selector.ts'
import { readServiceAccount, type ServiceAccount } from './service-account.ts'
import type { Tools } from './tools.ts'

export const loginFields = {
  role: field.string('The role to log in with.'),
  jwt: field.string("The service account's token.", { sensitive: true }),
}

/** Announces what a login reads, so that it comes in one round trip. */
export function wantForLogin(context: Context): void {
  const { role } = context.request.fields
  context.storage.want(configs, configName)
  wantRole(context, roles, role)
}

type Settings = { readonly config: KubernetesConfig; readonly role: KubernetesRole }

/**
 * Logs a service account in. What its token says is compared with the role, and then with what the API server
 * says of the token; that is asked outside of the transaction, once.
 */
export async function login(
  context: Context,
  sent: FieldValues<typeof loginFields>,
  tools: Tools,
): Promise<Reply> {
  const { role: asked = '', jwt = '' } = sent
  if (asked === '') fail('invalid_request', 'missing role')
  if (jwt === '') fail('invalid_request', 'missing jwt')
  const settings = await settingsFor(context, asked)
  const account = readServiceAccount(jwt)
  checkTimes(account, context.clock.now())
  checkClaims(account, settings)
  return {
    afterwards: async () => {
      const metadata = await tools.slots.run(settings.config.host, () => prove(jwt, account, settings, tools))
      return async (later) => {
        if (JSON.stringify(await settingsFor(later, asked)) !== JSON.stringify(settings)) {
          fail('invalid_request', 'the configuration or the role has changed meanwhile, log in again')
        }
        return { login: loginOf(foldRoleName(asked), settings.role, account, metadata) }
      }
    },
  }
}

/** What a login's role grants to a renewal now. @throws invalid_request_wrapped where the role is gone */
export const renew = renewByRole(roles)

async function settingsFor({ storage }: Context, asked: string): Promise<Settings> {
  const role = isRoleName(asked) ? await storage.get(roles, roleFolder + foldRoleName(asked)) : undefined
  if (role === undefined) fail('invalid_request', `invalid role name ${JSON.stringify(asked.slice(0, 80))}`)
  const config = await storage.get(configs, configName)
  if (config === undefined) fail('invalid_request', 'could not load backend configuration')
  return { config, role }
}

/** Seconds that clocks may differ. */
const skew = 60

function checkTimes({ expires, begins }: ServiceAccount, now: number): void {
  if (expires !== undefined && expires + skew < now / 1000) fail('forbidden', 'the token is expired')
  if (begins !== undefined && begins - skew > now / 1000) fail('forbidden', 'the token is not yet valid')
}

const usualIssuer = 'kubernetes/serviceaccount'

function checkClaims(account: ServiceAccount, { config, role }: Settings): void {
  if (config.checksIssuer && account.issuer !== (config.issuer || usualIssuer)) {
    fail('forbidden', 'invalid issuer (iss) claim')
  }
  if (role.audience !== '' && !account.audiences.includes(role.audience)) {
    fail('forbidden', 'invalid audience (aud) claim: audience claim does not match any expected audience')
  }
  if (!fits(role.names, account.name)) fail('forbidden', 'service account name not authorized')
  // With a selector, the API server has to say what the labels are.
  if (role.namespaceSelector === '' && !fits(role.namespaces, account.namespace)) {
    fail('forbidden', 'namespace not authorized')
  }
  if (!config.keysAlone) return
  // Nobody else sees to it that a token ends, and that it was made for this server.
  if (account.expires === undefined) fail('forbidden', 'the token never expires, and nobody reviews it')
  if (role.audience === '') fail('forbidden', 'the role binds no audience, and nobody reviews the token')
  if (role.namespaceSelector !== '') {
    fail('forbidden', 'the role selects namespaces by their labels, and the API server is not asked')
  }
}

/** Whether a list holds a name; `*` at an end of one of the list stands for any text. */
export function fits(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*') return true
    const head = pattern.startsWith('*')
    const tail = pattern.endsWith('*')
    const middle = pattern.slice(head ? 1 : 0, tail ? -1 : undefined)
    if (head && tail) return name.includes(middle)
    if (head) return name.endsWith(middle)
    return tail ? name.startsWith(middle) : name === pattern
  })
}

/**
 * Makes sure that a token is what it says.
 *
 * @returns more metadata for the alias
 */
async function prove(
  jwt: string,
  account: ServiceAccount,
  { config, role }: Settings,
  tools: Tools,
): Promise<Readonly<Record<string, string>>> {
  const keys = await localKeys(config)
  if (keys !== undefined && !(await keys(jwt))) fail('permission_denied')
  if (config.keysAlone) return {}
  const server = await apiServerFor(config, jwt, tools)
  const wanted = role.audience === '' ? account.audiences : [role.audience]
  const reviewed = await reviewToken(server, jwt, wanted)
  const { name, namespace, uid } = account
  if (reviewed.name !== name || reviewed.namespace !== namespace || reviewed.uid !== uid)
    fail('permission_denied')
  if (role.namespaceSelector !== '' && !fits(role.namespaces, namespace)) {
    const selector = await parseSelector(role.namespaceSelector)
    if (selector === undefined || !selects(selector, await labelsOf(server, namespace))) {
      fail('forbidden', 'namespace not authorized')
    }
  }
  return config.annotations ? aliasMetadata(await annotationsOf(server, reviewed)) : {}
}

async function apiServerFor(config: KubernetesConfig, jwt: string, tools: Tools): Promise<ApiServer> {
  const { bearer, ca } = await credentialFor(config, jwt, tools.pod)
  return { config, bearer, ca, timeout: tools.timeout }
}

const annotationPrefix = 'vault.hashicorp.com/alias-metadata-'
const maxAnnotations = 64
const maxAnnotationLength = 512

function aliasMetadata(annotations: JsonObject): Record<string, string> {
  const metadata: Record<string, string> = {}
  for (const [key, value] of Object.entries(annotations)) {
    const name = key.startsWith(annotationPrefix) ? key.slice(annotationPrefix.length) : ''
    if (name === '' || typeof value !== 'string' || value.length > maxAnnotationLength) continue
    if (Object.keys(metadata).length < maxAnnotations) metadata[name] = value
  }
  return metadata
}

function loginOf(
  name: string,
  role: KubernetesRole,
  account: ServiceAccount,
  annotations: Readonly<Record<string, string>>,
): Login {
  const about = {
    service_account_name: account.name,
    service_account_namespace: account.namespace,
    service_account_secret_name: account.secretName,
    service_account_uid: account.uid,
  }
  const alias =
    role.aliasNameSource === 'serviceaccount_uid' ? account.uid : `${account.namespace}/${account.name}`
  return {
    displayName: `${account.namespace}-${account.name}`,
    // What the service account really is comes last: annotations must not replace it.
    alias: { name: alias, metadata: { ...annotations, ...about } },
    metadata: { ...about, role: name },
    token: role.token,
    renewAs: name,
  }
}
