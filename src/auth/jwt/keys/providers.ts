import type { Clock } from '../../../base/clock.ts'
import { discoveredProvider, jwksSource, type Provider, type Reach } from './discovery.ts'
import { type FetchJson, fetchJson, providerUrl } from './fetch.ts'
import { type RenewalRules, usualRules } from './renewing.ts'
import type { KeySource } from './ring.ts'

/**
 * What this process knows of the providers that its mounts trust. Entries are named by address and
 * authorities, so a changed configuration never meets the keys of the old one.
 */
export type Providers = {
  discovered(issuer: string, ca: string | undefined): Provider
  /** @throws invalid_request when it is no address of a provider */
  keySet(url: string, ca: string | undefined): KeySource
  /** Lets the next question ask the provider anew, without waiting for a cool-down: for configuration writes. */
  forget(address: string, ca: string | undefined): void
}

export type ProvidersOptions = {
  readonly clock: Clock
  readonly fetch?: FetchJson
  readonly rules?: Partial<RenewalRules>
}

const maxProviders = 200

/** Knows nothing at first. It keeps the 200 issuers and the 200 key sets that were used last. */
export function createProviders(options: ProvidersOptions): Providers {
  const { clock, fetch = fetchJson } = options
  const reach: Reach = { clock, fetch, rules: { ...usualRules, ...options.rules } }
  const discovered = bounded<Provider>(maxProviders)
  const keySets = bounded<KeySource>(maxProviders)
  return {
    discovered: (issuer, ca) =>
      discovered.take(nameOf(issuer, ca), () => discoveredProvider(issuer, ca, reach)),
    keySet: (url, ca) =>
      keySets.take(nameOf(url, ca), () => jwksSource(providerUrl(url, 'the JWKS URL'), ca, reach)),
    forget(address, ca) {
      discovered.drop(nameOf(address, ca))
      keySets.drop(nameOf(address, ca))
    },
  }
}

const nameOf = (address: string, ca: string | undefined) => JSON.stringify([address, ca ?? ''])

/** Keeps the `limit` values that were used last. */
function bounded<T>(limit: number) {
  const kept = new Map<string, T>()
  return {
    take(name: string, make: () => T): T {
      const value = kept.get(name) ?? make()
      kept.delete(name)
      kept.set(name, value)
      const oldest = kept.keys().next().value
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest)
      return value
    },
    drop(name: string): void {
      kept.delete(name)
    },
  }
}
