import type { Grant, Provider } from 'oidc-provider'
import { personalClaims, scopes, tokenLifetime } from './access-token.ts'
import type { memoryAdapter } from './adapter.ts'
import { type ProviderKeys, signingAlgorithm } from './keys.ts'
import { codePage, confirmPage, messagePage } from './pages.ts'
import type { Person } from './people.ts'

/** What of oidc-provider's request context is used here. */
type Ctx = {
  type: string
  body: unknown
  readonly oidc: {
    readonly provider: Provider
    readonly client?: { readonly clientId: string; readonly clientName?: string }
    readonly session?: { readonly accountId?: string }
    readonly params?: Readonly<Record<string, unknown>>
    readonly result?: { readonly consent?: { readonly grantId?: string } }
    readonly entities: { readonly Account?: { readonly accountId: string } }
  }
}
type AccessToken = { readonly accountId?: string; readonly clientId?: string }

export type ClientOptions = {
  readonly clientId: string
  /** Makes the client a confidential one; without it, it is a public one. */
  readonly clientSecret: string | undefined
  readonly redirectUris: readonly string[]
  /** The `aud` of the access tokens. */
  readonly audience: string
  readonly page?: PageClient | undefined
}

/** A confidential client that comes back to pages alone, to the letter. */
export type PageClient = {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUris: readonly string[]
}

/** Access tokens name this as what they are for; the audience is what they say to the outside. */
const resource = 'urn:coffer:demo:resource'

/**
 * The configuration of oidc-provider for the stand-in: one public client that may use the authorization code
 * with PKCE, device authorization and refresh, and access tokens that are JWTs as EGI Check-in's are.
 */
export function providerConfiguration(
  keys: ProviderKeys,
  adapter: ReturnType<typeof memoryAdapter>,
  options: ClientOptions,
  findPerson: (subject: string) => Person | undefined,
): object {
  return {
    adapter,
    jwks: { keys: keys.signing },
    cookies: { keys: keys.cookies, names: { session: 'demo_session', interaction: 'demo_interaction' } },
    clients: [clientOf(options), ...(options.page === undefined ? [] : [pageClientOf(options.page)])],
    scopes: scopes.split(' '),
    claims: {
      openid: ['sub', 'voperson_id'],
      profile: ['name'],
      email: ['email'],
      voperson_id: ['voperson_id'],
    },
    pkce: { required: () => true },
    routes: { userinfo: '/userinfo', code_verification: '/device' },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: devicePages,
      revocation: { enabled: true, allowedPolicy: async () => true },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => resource,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => ({
          scope: scopes,
          audience: options.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokenLifetime,
          jwt: { sign: { alg: signingAlgorithm } },
        }),
      },
    },
    ttl: {
      AccessToken: tokenLifetime,
      IdToken: tokenLifetime,
      DeviceCode: 600,
      Interaction: 600,
      Session: 86_400,
      Grant: 14 * 86_400,
      RefreshToken: 14 * 86_400,
    },
    issueRefreshToken: async () => true,
    expiresWithSession: async () => false,
    clientBasedCORS: () => false,
    interactions: { url: (_ctx: Ctx, { uid }: { uid: string }) => `/interaction/${uid}` },
    loadExistingGrant: grantAll,
    extraTokenClaims: async (_ctx: Ctx, { accountId, clientId }: AccessToken) => {
      const person = findPerson(accountId ?? '')
      return person === undefined ? undefined : personalClaims(person, clientId ?? '')
    },
    findAccount: async (_ctx: Ctx, subject: string) => {
      const person = findPerson(subject)
      return person === undefined ? undefined : accountOf(person)
    },
    renderError: async (ctx: Ctx, out: { error: string; error_description?: string }) => {
      show(ctx, messagePage('That did not work', out.error_description ?? out.error))
    },
  }
}

function clientOf({ clientId, clientSecret, redirectUris }: ClientOptions) {
  return {
    client_id: clientId,
    client_name: 'Coffer',
    application_type: 'native',
    ...(clientSecret === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'client_secret_basic', client_secret: clientSecret }),
    redirect_uris: redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  }
}

const pageClientOf = ({ clientId, clientSecret, redirectUris }: PageClient) => ({
  client_id: clientId,
  client_name: 'Coffer',
  application_type: 'web',
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: clientSecret,
  redirect_uris: redirectUris,
  response_types: ['code'],
  grant_types: ['authorization_code'],
})

function accountOf(person: Person) {
  return {
    accountId: person.vopersonId,
    claims: async () => ({
      sub: person.vopersonId,
      voperson_id: person.vopersonId,
      name: person.fullName,
      email: person.email,
    }),
  }
}

/** Everything that is asked for is granted: there is nothing here to protect. */
async function grantAll({ oidc }: Ctx): Promise<Grant | undefined> {
  const accountId = oidc.session?.accountId
  if (accountId === undefined || oidc.client === undefined) return undefined
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client.clientId })
  grant.addOIDCScope(scopes)
  grant.addResourceScope(resource, scopes)
  await grant.save()
  return grant
}

const devicePages = {
  enabled: true,
  userCodeInputSource: async (ctx: Ctx, form: string, _out: unknown, error: unknown) =>
    show(ctx, codePage(form, error ? 'That code is not known, was used, or has expired.' : undefined)),
  userCodeConfirmSource: async (
    ctx: Ctx,
    form: string,
    client: { clientId: string },
    _info: unknown,
    code: string,
  ) => show(ctx, confirmPage(form, client.clientId, code)),
  successSource: async (ctx: Ctx) => show(ctx, messagePage('Done', 'You can close this page and go back.')),
}

function show(ctx: Ctx, html: string): void {
  ctx.type = 'html'
  ctx.body = html
}
