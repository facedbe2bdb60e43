import { createHash } from 'node:crypto'
import type { Context } from '../../../backend/context.ts'
import { fail } from '../../../base/errors.ts'
import { chosenRole } from '../login.ts'
import { configName, configs, type JwtConfig, type JwtRole } from '../record.ts'
import type { Tools } from '../tools.ts'
import { type Trust, trustOf } from '../trust.ts'
import { type OidcClient, oidcClient } from './client.ts'

/** What a login in a browser stands on. */
export type Settings = { readonly config: JwtConfig; readonly name: string; readonly role: JwtRole }

/**
 * The configuration and the role of a login in a browser.
 *
 * @throws invalid_request when the mount or the role is not for such logins
 */
export async function settingsFor(context: Context, asked: string): Promise<Settings> {
  const config = await context.storage.get(configs, configName)
  if (config === undefined) fail('invalid_request', 'could not load configuration')
  if (config.clientId === '') fail('invalid_request', 'OIDC login is not configured for this mount')
  const { name, role } = await chosenRole(context, config, undefined, asked || (config.browserRole ?? ''))
  if (role.type !== 'oidc')
    fail('invalid_request', `role ${JSON.stringify(name)} is not for logins in a browser`)
  return { config, name, role }
}

/**
 * The same a moment later, when the provider has been asked: who changed them meanwhile meant this login too.
 *
 * @throws invalid_request when they have changed
 */
export async function unchanged(context: Context, before: Settings): Promise<Settings> {
  return settingsAs(context, before.name, digestOf(before))
}

/** @param digest what {@link digestOf} said of them then */
export async function settingsAs(context: Context, role: string, digest: string): Promise<Settings> {
  const now = await settingsFor(context, role)
  if (digestOf(now) === digest) return now
  fail('invalid_request', 'login failed: the configuration or the role has changed, start again')
}

/** What tells whether settings have changed. */
export const digestOf = (settings: Settings) =>
  createHash('sha256').update(JSON.stringify(settings)).digest('base64')

/**
 * Whom a configuration trusts, and the client that speaks with that provider, which may be asked for its metadata.
 *
 * @throws invalid_request where the configuration names no provider; provider_failed where it does not answer as it
 * should; rate_limited when too many wait for it
 */
export async function clientFor(
  config: JwtConfig,
  tools: Tools,
): Promise<{ trust: Trust; client: OidcClient }> {
  const trust = trustOf(config, tools.providers)
  const metadata = await trust.provider?.metadata.get()
  if (metadata === undefined) fail('invalid_request', 'OIDC login is not configured for this mount')
  const client = await oidcClient({
    metadata,
    issuer: trust.issuer,
    ca: config.discoveryCa || undefined,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    clock: tools.clock,
    timeout: tools.questionTimeout,
  })
  return { trust, client }
}
