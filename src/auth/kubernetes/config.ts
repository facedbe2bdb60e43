import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { pemBlocks } from '../../base/encoding/pem.ts'
import { fail } from '../../base/errors.ts'
import type { Json } from '../../base/json/json.ts'
import { localKeys } from './keys.ts'
import { configName, configs, type KubernetesConfig } from './record.ts'

export const configFields = {
  kubernetes_host: field.string('Address of the API server: a URL, or a host with or without a port.', {
    maxLength: 2048,
  }),
  kubernetes_ca_cert: field.string(
    'Authorities of its TLS certificate, PEM; those of the pod that this server runs in without it.',
  ),
  token_reviewer_jwt: field.string(
    "Token for the API server; without it that of this server's pod, for the pod's own cluster alone, or else the token that logs in.",
    { sensitive: true },
  ),
  pem_keys: field.list('Public keys or certificates, PEM, one of which must verify the token.'),
  local_jwks: field.any(
    'A JSON Web Key Set, as an object or a text, one of whose keys must verify the token.',
  ),
  issuer: field.string('What the iss claim must be where it is checked.'),
  disable_iss_validation: field.boolean('Take tokens of any issuer; true unless said otherwise.'),
  disable_local_ca_jwt: field.boolean('Use neither token nor authority of the pod that this server runs in.'),
  use_annotations_as_alias_metadata: field.boolean(
    'Copy annotations of the service account that begin with vault.hashicorp.com/alias-metadata- to the alias.',
  ),
  disable_token_review: field.boolean(
    'Believe what pem_keys or local_jwks verify, without asking whether the token still holds.',
  ),
}

type Sent = FieldValues<typeof configFields>

/**
 * Shows the configuration, and of the reviewer's token only whether there is one.
 *
 * @throws not_found where nothing was configured
 */
export async function readConfig(context: Context): Promise<Reply> {
  const config = await context.storage.get(configs, configName)
  if (config === undefined) fail('not_found')
  return {
    data: {
      kubernetes_host: config.host,
      kubernetes_ca_cert: config.ca,
      pem_keys: [...config.publicKeys],
      ...(config.jwks === '' ? {} : { local_jwks: config.jwks }),
      issuer: config.issuer,
      disable_iss_validation: !config.checksIssuer,
      disable_local_ca_jwt: config.ignoresPod,
      ...(config.keysAlone ? { disable_token_review: true } : {}),
      token_reviewer_jwt_set: config.reviewerToken !== '',
      use_annotations_as_alias_metadata: config.annotations,
    },
  }
}

/** A write replaces the whole configuration. The API server is not asked: it may not be there yet. */
export const configShape = shape.object(
  {
    disable_iss_validation: shape.boolean(),
    disable_local_ca_jwt: shape.boolean(),
    issuer: shape.string(),
    kubernetes_ca_cert: shape.string(),
    kubernetes_host: shape.string(),
    pem_keys: shape.strings(),
    token_reviewer_jwt_set: shape.boolean(),
    use_annotations_as_alias_metadata: shape.boolean(),
  },
  { disable_token_review: shape.boolean(), local_jwks: shape.string() },
)

export async function writeConfig(context: Context, sent: Sent): Promise<Reply> {
  const config: KubernetesConfig = {
    host: hostOf(sent.kubernetes_host ?? ''),
    ca: sent.kubernetes_ca_cert ?? '',
    reviewerToken: (sent.token_reviewer_jwt ?? '').trim(),
    publicKeys: (sent.pem_keys ?? []).map((key) => key.trim()),
    jwks: jwksOf(sent.local_jwks),
    issuer: sent.issuer ?? '',
    checksIssuer: sent.disable_iss_validation === false,
    ignoresPod: sent.disable_local_ca_jwt ?? false,
    annotations: sent.use_annotations_as_alias_metadata ?? false,
    keysAlone: sent.disable_token_review ?? false,
  }
  if (config.ignoresPod && config.ca === '') {
    fail('invalid_request', 'kubernetes_ca_cert must be given when disable_local_ca_jwt is true')
  }
  if (/[^\x21-\x7e]/.test(config.reviewerToken)) {
    fail('invalid_request', "'token_reviewer_jwt' is no token")
  }
  const keys = await localKeys(config)
  if (config.keysAlone && keys === undefined) {
    fail('invalid_request', "'disable_token_review' needs 'pem_keys' or 'local_jwks'")
  }
  if (config.keysAlone && config.annotations) {
    fail(
      'invalid_request',
      "'use_annotations_as_alias_metadata' needs the API server: unset 'disable_token_review'",
    )
  }
  context.storage.put(configs, configName, config)
  const hasCertificate = pemBlocks(config.ca).some(({ label }) => label === 'CERTIFICATE')
  return config.ca === '' || hasCertificate
    ? {}
    : { warnings: ['kubernetes_ca_cert holds no PEM certificate: the API server cannot be reached with it'] }
}

/** A token is sent there, so it must be https; plain http is for this machine. */
function hostOf(text: string): string {
  if (text === '') fail('invalid_request', 'no host provided')
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    fail('invalid_request', "'kubernetes_host' is no host and no URL of an API server")
  }
  const local = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    fail('invalid_request', "'kubernetes_host' must be https (plain http is for loopback addresses only)")
  }
  // Shown as it was written.
  return text
}

function jwksOf(sent: Json | undefined): string {
  if (sent === undefined || sent === '') return ''
  return typeof sent === 'string' ? sent : JSON.stringify(sent)
}

/** The address of something at the API server. */
export function apiUrl(config: KubernetesConfig, path: string): URL {
  const base = config.host.includes('://') ? config.host : `https://${config.host}`
  return new URL(`${base.replace(/\/$/, '')}${path}`)
}
