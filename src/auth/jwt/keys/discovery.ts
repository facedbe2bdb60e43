import type { Clock } from '../../../base/clock.ts'
import { fail } from '../../../base/errors.ts'
import { type FetchJson, isLoopback, providerUrl } from './fetch.ts'
import { type RenewalRules, type Renewing, renewing } from './renewing.ts'
import { jwksRing, type KeyRing, type KeySource } from './ring.ts'

/** What a provider says of itself (OpenID Connect Discovery 1.0 §3), as far as it is used here. */
export type ProviderMetadata = {
  readonly issuer: string
  readonly jwksUrl: URL
  readonly userInfoUrl: URL | undefined
  /** What logins in a browser need; absent where it is not there or not usable. */
  readonly authorizationUrl: URL | undefined
  readonly tokenUrl: URL | undefined
  readonly deviceUrl: URL | undefined
  /** Whether it names itself in its answers to the browser (RFC 9207 §3). */
  readonly namesIssuer: boolean
  /** Whether the client's secret goes into a header (RFC 6749 §2.3.1), else into the form. */
  readonly takesBasic: boolean
}

export type Provider = {
  readonly issuer: string
  readonly metadata: Renewing<ProviderMetadata>
  readonly keys: KeySource
}

/** What reaching a provider needs beside its address. */
export type Reach = { readonly fetch: FetchJson; readonly clock: Clock; readonly rules: RenewalRules }

const maxDiscoveryBytes = 64 * 1024

/** A source of keys at a fixed address. */
export function jwksSource(url: URL, ca: string | undefined, reach: Reach): KeySource {
  return sourceOf(renewing(() => fetchRing(url, ca, reach), reach.clock, reach.rules))
}

/**
 * A provider found by its issuer (OpenID Connect Discovery 1.0 §4). The document must name that issuer, and
 * the addresses in it must be https, except where the issuer itself is plain http on loopback.
 */
export function discoveredProvider(issuer: string, ca: string | undefined, reach: Reach): Provider {
  const metadata = renewing(() => discover(issuer, ca, reach), reach.clock, reach.rules)
  const load = async () => fetchRing((await metadata.get()).jwksUrl, ca, reach)
  return { issuer, metadata, keys: sourceOf(renewing(load, reach.clock, reach.rules)) }
}

function sourceOf(rings: Renewing<KeyRing>): KeySource {
  return { current: () => rings.get(), newer: (seen) => rings.renew(seen) }
}

async function fetchRing(url: URL, ca: string | undefined, reach: Reach): Promise<KeyRing> {
  return jwksRing(await reach.fetch(url, { ca }))
}

async function discover(issuer: string, ca: string | undefined, reach: Reach): Promise<ProviderMetadata> {
  const base = providerUrl(issuer, 'the issuer')
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const document = await reach.fetch(url, { ca, maxBytes: maxDiscoveryBytes })
  if (document.issuer !== issuer) {
    fail('provider_failed', `the provider's discovery document names another issuer than ${issuer}`)
  }
  return {
    issuer,
    jwksUrl: endpoint(document.jwks_uri, 'jwks_uri', base),
    userInfoUrl:
      document.userinfo_endpoint === undefined
        ? undefined
        : endpoint(document.userinfo_endpoint, 'userinfo_endpoint', base),
    authorizationUrl: usableEndpoint(document.authorization_endpoint, base),
    tokenUrl: usableEndpoint(document.token_endpoint, base),
    deviceUrl: usableEndpoint(document.device_authorization_endpoint, base),
    namesIssuer: document.authorization_response_iss_parameter_supported === true,
    takesBasic: takesBasic(document.token_endpoint_auth_methods_supported),
  }
}

/** Basic is what a provider takes that does not say (OpenID Connect Discovery 1.0 §3). */
function takesBasic(methods: unknown): boolean {
  return !Array.isArray(methods) || methods.includes('client_secret_basic')
}

function endpoint(value: unknown, name: string, issuer: URL): URL {
  const url = usableEndpoint(value, issuer)
  return url ?? fail('provider_failed', `the provider's discovery document has no usable ${name}`)
}

function usableEndpoint(value: unknown, issuer: URL): URL | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url === null || url.username !== '' || url.password !== '') return undefined
  const fits =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url) && isLoopback(issuer))
  return fits ? url : undefined
}
