import type { Provider } from './keys/discovery.ts'
import type { Providers } from './keys/providers.ts'
import type { KeySource } from './keys/ring.ts'
import { staticSource } from './keys/static.ts'
import type { JwtConfig } from './record.ts'

/** What a configuration makes of itself: where keys come from, and which issuer its tokens must name. */
export type Trust = {
  readonly sources: readonly KeySource[]
  /** Empty when any issuer will do. */
  readonly issuer: string
  /** Present where the provider was found by discovery. */
  readonly provider: Provider | undefined
}

/** Configurations are shared between requests as long as their row stays the same, and so is what they make. */
const made = new WeakMap<JwtConfig, Trust>()

/**
 * With discovery, tokens must name the discovered issuer unless the configuration binds another: keys are
 * trusted for the issuer that published them (RFC 8725 §3.8).
 */
export function trustOf(config: JwtConfig, providers: Providers): Trust {
  if (config.discoveryUrl !== '') {
    const provider = providers.discovered(config.discoveryUrl, config.discoveryCa || undefined)
    return { sources: [provider.keys], issuer: config.boundIssuer || config.discoveryUrl, provider }
  }
  if (config.publicKeys.length > 0) {
    const known = made.get(config) ?? {
      sources: [staticSource(config.publicKeys)],
      issuer: config.boundIssuer,
      provider: undefined,
    }
    made.set(config, known)
    return known
  }
  const sets = config.jwksUrl === '' ? config.jwksPairs : [{ url: config.jwksUrl, ca: config.jwksCa }]
  const sources = sets.map(({ url, ca }) => providers.keySet(url, ca || undefined))
  return { sources, issuer: config.boundIssuer, provider: undefined }
}
