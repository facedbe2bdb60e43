import { X509Certificate } from 'node:crypto'
import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { pemBlocks } from '../../base/encoding/pem.ts'
import { fail, isFailure } from '../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'
import { type Algorithm, isAlgorithm } from './keys/algorithms.ts'
import { providerUrl } from './keys/fetch.ts'
import { publicKeys } from './keys/static.ts'
import { configName, configs, type JwtConfig, type OtherIssuer } from './record.ts'
import type { Tools } from './tools.ts'
import { type Trust, trustOf } from './trust.ts'

export const configFields = {
  oidc_discovery_url: field.string(
    'Issuer of an OpenID Connect provider, whose keys are found by discovery.',
  ),
  oidc_discovery_ca_pem: field.string('Authorities of its TLS certificate, PEM; the system ones without it.'),
  jwks_url: field.string('Address of a JSON Web Key Set.'),
  jwks_ca_pem: field.string('Authorities of its TLS certificate, PEM; the system ones without it.'),
  jwks_pairs: field.any('Several key sets: a list of objects with jwks_url and jwks_ca_pem.'),
  jwt_validation_pubkeys: field.list('Public keys or certificates, PEM.'),
  jwt_supported_algs: field.list('Signature algorithms that are taken; without it all that the keys allow.'),
  bound_issuer: field.string('What the iss claim must be; with discovery, the issuer unless said otherwise.'),
  default_role: field.string('The role of logins that name none.'),
  groups_from_userinfo: field.boolean(
    "Ask the provider's UserInfo for the groups claim where a token lacks it; needs oidc_discovery_url.",
  ),
  skip_jwks_validation: field.boolean('Store the configuration although the keys cannot be had now.'),
  oidc_client_id: field.string('Client id for logins in a browser.'),
  oidc_client_secret: field.string('Client secret for logins in a browser.', { sensitive: true }),
  oidc_response_mode: field.string('query or form_post.'),
  oidc_response_types: field.list('code or id_token.'),
  namespace_in_state: field.boolean('Keep the namespace in the state of logins in a browser.'),
  provider_config: field.object('Settings of particular providers; none is known.'),
}

type Sent = FieldValues<typeof configFields>

const maxPairs = 20
const oneSource =
  "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or 'provider_config' must be set"

/**
 * Shows the configuration, without the client's secret, and whether its keys can be had now: the provider may be
 * asked.
 *
 * @throws not_found where nothing was configured
 */
export async function readConfig(context: Context, tools: Tools): Promise<Reply> {
  const config = await context.storage.get(configs, configName)
  if (config === undefined) fail('not_found')
  const problem = await unusable(trustOf(config, tools.providers))
  return {
    data: {
      bound_issuer: config.boundIssuer,
      default_role: config.defaultRole,
      groups_from_userinfo: config.groupsFromUserinfo,
      ...(config.others === undefined ? {} : { other_issuers: config.others.map(shownIssuer) }),
      jwks_ca_pem: config.jwksCa,
      jwks_pairs: config.jwksPairs.map(({ url, ca }) => ({ jwks_url: url, jwks_ca_pem: ca })),
      jwks_url: config.jwksUrl,
      jwt_supported_algs: [...config.algorithms],
      jwt_validation_pubkeys: [...config.publicKeys],
      namespace_in_state: config.namespaceInState,
      oidc_client_id: config.clientId,
      oidc_discovery_ca_pem: config.discoveryCa,
      oidc_discovery_url: config.discoveryUrl,
      oidc_response_mode: config.responseMode,
      oidc_response_types: [...config.responseTypes],
      provider_config: {},
      status: problem === undefined ? 'valid' : 'invalid',
    },
    ...(problem === undefined ? {} : { warnings: [`the keys cannot be had: ${problem}`] }),
  }
}

const shownIssuer = (other: OtherIssuer): JsonObject => ({
  default_role: other.defaultRole,
  groups_from_userinfo: other.groupsFromUserinfo,
  oidc_discovery_ca_pem: other.discoveryCa,
  oidc_discovery_url: other.discoveryUrl,
})

const issuerMembers = {
  default_role: shape.string(),
  groups_from_userinfo: shape.boolean(),
  oidc_discovery_ca_pem: shape.string(),
  oidc_discovery_url: shape.string(),
}
export const configShape = shape.object(
  {
    ...issuerMembers,
    bound_issuer: shape.string(),
    jwks_ca_pem: shape.string(),
    jwks_pairs: shape.list(shape.object({ jwks_url: shape.string(), jwks_ca_pem: shape.string() })),
    jwks_url: shape.string(),
    jwt_supported_algs: shape.strings(),
    jwt_validation_pubkeys: shape.strings(),
    namespace_in_state: shape.boolean(),
    oidc_client_id: shape.string(),
    oidc_response_mode: shape.string(),
    oidc_response_types: shape.strings(),
    provider_config: shape.anyObject(),
    status: shape.oneOf(['valid', 'invalid']),
  },
  { other_issuers: shape.list(shape.object(issuerMembers)) },
)

/** A write replaces the whole configuration. The provider is asked before anything is stored. */
export async function writeConfig(context: Context, sent: Sent, tools: Tools): Promise<Reply> {
  const before = await context.storage.get(configs, configName)
  const config = configOf(sent, before)
  check(config, sent)
  const warning = await tryProvider(config, sent.skip_jwks_validation === true, tools)
  context.storage.put(configs, configName, config)
  return warning === undefined ? {} : { warnings: [warning] }
}

function configOf(sent: Sent, before: JwtConfig | undefined): JwtConfig {
  return {
    discoveryUrl: sent.oidc_discovery_url ?? '',
    discoveryCa: sent.oidc_discovery_ca_pem ?? '',
    jwksUrl: sent.jwks_url ?? '',
    jwksCa: sent.jwks_ca_pem ?? '',
    jwksPairs: pairsOf(sent.jwks_pairs),
    publicKeys: (sent.jwt_validation_pubkeys ?? []).map((key) => key.trim()),
    algorithms: algorithmsOf(sent.jwt_supported_algs ?? []),
    boundIssuer: sent.bound_issuer ?? '',
    defaultRole: (sent.default_role ?? '').toLowerCase(),
    groupsFromUserinfo: sent.groups_from_userinfo ?? false,
    clientId: sent.oidc_client_id ?? '',
    clientSecret: sent.oidc_client_secret ?? '',
    responseMode: sent.oidc_response_mode ?? '',
    responseTypes: sent.oidc_response_types ?? [],
    namespaceInState: sent.namespace_in_state ?? before?.namespaceInState ?? true,
  }
}

function check(config: JwtConfig, sent: Sent): void {
  const sources = [
    config.discoveryUrl !== '',
    config.jwksUrl !== '',
    config.jwksPairs.length > 0,
    config.publicKeys.length > 0,
  ]
  const { provider } = sent.provider_config ?? {}
  if (sources.filter(Boolean).length !== 1) fail('invalid_request', oneSource)
  if ((config.clientId === '') !== (config.clientSecret === '')) {
    fail('invalid_request', "both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC")
  }
  if (config.clientId !== '' && config.discoveryUrl === '') {
    fail('invalid_request', "'oidc_discovery_url' must be set for OIDC")
  }
  if (config.groupsFromUserinfo && config.discoveryUrl === '') {
    fail('invalid_request', "'oidc_discovery_url' must be set for 'groups_from_userinfo'")
  }
  if (config.discoveryUrl.includes('.well-known')) {
    fail('invalid_request', "'oidc_discovery_url' contains '.well-known' component")
  }
  if (config.discoveryUrl !== '') providerUrl(config.discoveryUrl, "'oidc_discovery_url'")
  for (const url of [config.jwksUrl, ...config.jwksPairs.map((pair) => pair.url)]) {
    if (url !== '') providerUrl(url, "'jwks_url'")
  }
  checkAuthorities('oidc_discovery_ca_pem', config.discoveryCa)
  for (const ca of [config.jwksCa, ...config.jwksPairs.map((pair) => pair.ca)])
    checkAuthorities('jwks_ca_pem', ca)
  publicKeys(config.publicKeys)
  checkResponse(config)
  if (provider !== undefined) {
    fail(
      'invalid_request',
      `invalid provider_config: provider ${JSON.stringify(provider)} not found in custom providers`,
    )
  }
}

function checkResponse({ responseMode, responseTypes }: JwtConfig): void {
  if (responseTypes.some((type) => type !== 'code' && type !== 'id_token')) {
    fail(
      'invalid_request',
      `invalid response_types [${responseTypes.join(' ')}]. 'code' and 'id_token' are allowed`,
    )
  }
  if (!['', 'query', 'form_post'].includes(responseMode)) {
    fail('invalid_request', `invalid response_mode: ${JSON.stringify(responseMode)}`)
  }
  if (responseMode !== 'form_post' && responseTypes.includes('id_token')) {
    fail('invalid_request', 'query response_mode may not be used with an id_token response_type')
  }
}

function algorithmsOf(names: readonly string[]): Algorithm[] {
  return names.map((name) =>
    isAlgorithm(name)
      ? name
      : fail(
          'invalid_request',
          `invalid jwt_supported_algs: unsupported signing algorithm ${JSON.stringify(name)}`,
        ),
  )
}

function pairsOf(sent: Json | undefined): JwtConfig['jwksPairs'] {
  if (sent === undefined) return []
  if (!Array.isArray(sent) || sent.length > maxPairs) {
    fail('invalid_request', `'jwks_pairs' must be a list of at most ${maxPairs} objects`)
  }
  return sent.map((pair) => {
    const object: JsonObject = isJsonObject(pair) ? pair : {}
    const { jwks_url: url, jwks_ca_pem: ca = '' } = object
    if (typeof url !== 'string' || typeof ca !== 'string') {
      fail(
        'invalid_request',
        "each of 'jwks_pairs' must hold jwks_url and may hold jwks_ca_pem, both strings",
      )
    }
    return { url, ca }
  })
}

function checkAuthorities(name: string, pem: string): void {
  if (pem === '') return
  const found = pemBlocks(pem).filter(({ label }) => label === 'CERTIFICATE')
  if (found.length > 0 && found.every(({ text }) => isCertificate(text))) return
  fail('invalid_request', `error checking ${name}: it holds no PEM certificates, or one that cannot be read`)
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

/** @returns a warning when the provider cannot be had and the operator said to go on */
async function tryProvider(config: JwtConfig, goOn: boolean, tools: Tools): Promise<string | undefined> {
  const { providers } = tools
  providers.forget(config.discoveryUrl, config.discoveryCa || undefined)
  for (const { url, ca } of [{ url: config.jwksUrl, ca: config.jwksCa }, ...config.jwksPairs]) {
    providers.forget(url, ca || undefined)
  }
  const problem = await unusable(trustOf(config, providers))
  if (problem === undefined) return undefined
  const text = `error checking ${config.discoveryUrl === '' ? 'jwks URL' : 'oidc discovery URL'}: ${problem}`
  return goOn ? text : fail('invalid_request', text)
}

/** Why the keys cannot be had, or undefined when they can. */
async function unusable(trust: Trust): Promise<string | undefined> {
  try {
    for (const source of trust.sources) await source.current()
    return undefined
  } catch (error) {
    if (isFailure(error)) return error.message
    throw error
  }
}
