import type { AuthorizationServer, Client, ClientAuth, IDToken } from 'oauth4webapi'
import type { Clock } from '../../../base/clock.ts'
import { fail, isFailure } from '../../../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../../base/json/json.ts'
import { exchange } from '../../../base/web/exchange.ts'
import { algorithms } from '../keys/algorithms.ts'
import type { ProviderMetadata } from '../keys/discovery.ts'

/** What a token endpoint answered, as far as it concerns a login. The ID token's signature is still to be checked. */
export type Tokens = { readonly idToken: string; readonly accessToken: string; readonly subject: string }

export type DeviceStart = {
  readonly deviceCode: string
  readonly userCode: string
  readonly url: string
  /** Whether the code is in the address already. */
  readonly complete: boolean
  /** Seconds. */
  readonly lifetime: number
  readonly interval: number | undefined
}

/** Our side of the protocol with one provider. Every question is bounded in time and size and follows no redirect. */
export type OidcClient = {
  /** The address that the browser opens. */
  authorizationUrl(question: Question): Promise<string>
  /** @throws invalid_request where the provider's answer is none to this login, or refuses it */
  exchange(answer: CallbackAnswer): Promise<Tokens>
  startDevice(scopes: readonly string[]): Promise<DeviceStart>
  /** @returns `pending` or `slow` while nobody has confirmed it */
  pollDevice(deviceCode: string): Promise<Tokens | 'pending' | 'slow'>
  /** What UserInfo says of the subject; undefined where the provider has none. */
  userInfo(tokens: Tokens): Promise<JsonObject | undefined>
}

export type Question = {
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly formPost: boolean
  /** Seconds; 0 for any. */
  readonly maxAge: number
}

export type CallbackAnswer = {
  readonly code: string
  /** Empty where whoever passed the answer on did not pass this. */
  readonly iss: string
  readonly error: string
  /** Whether the answer came from the browser itself, so that nothing of it is missing. */
  readonly whole: boolean
  readonly redirectUri: string
  readonly verifier: string
  readonly nonce: string
}

export type ClientOptions = {
  readonly metadata: ProviderMetadata
  /** The issuer that tokens must name. */
  readonly issuer: string
  readonly ca: string | undefined
  readonly clientId: string
  readonly clientSecret: string
  readonly clock: Clock
  /** Milliseconds for each question. */
  readonly timeout: number
}

/** Seconds that clocks may differ. */
const tolerance = 60
const maxTokenBytes = 256 * 1024
const maxUserInfoBytes = 512 * 1024

/** Loaded with the first login in a browser. */
const library = () => import('oauth4webapi')

/**
 * Our side of the protocol with a provider that was discovered. Nothing is asked yet.
 *
 * @throws (each of its questions) provider_failed where the provider does not answer or has no such endpoint;
 * invalid_request where its answer refuses the login, or is none to it
 */
export async function oidcClient(options: ClientOptions): Promise<OidcClient> {
  const oauth = await library()
  const { metadata, ca, timeout, clock } = options
  const client: Client = {
    client_id: options.clientId,
    [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
    [oauth.clockTolerance]: tolerance,
  }
  const server: AuthorizationServer = { issuer: options.issuer, ...endpointsOf(metadata) }
  const secret: ClientAuth = metadata.takesBasic
    ? oauth.ClientSecretBasic(options.clientSecret)
    : oauth.ClientSecretPost(options.clientSecret)
  /** Discovery let plain http through on loopback alone. */
  const http = {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, init: Init) =>
      bounded(url, init, { ca, timeout, maxBytes: maxTokenBytes }),
  }

  return {
    async authorizationUrl({ redirectUri, scopes, state, nonce, verifier, formPost, maxAge }) {
      const url = new URL(needed(metadata.authorizationUrl, 'authorization_endpoint'))
      const parameters = {
        response_type: 'code',
        client_id: options.clientId,
        redirect_uri: redirectUri,
        scope: scopeOf(scopes),
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(formPost ? { response_mode: 'form_post' } : {}),
        ...(maxAge > 0 ? { max_age: String(maxAge) } : {}),
      }
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
      return url.href
    },

    exchange: (answer) =>
      explained('exchanging the code', async () => {
        needed(metadata.tokenUrl, 'token_endpoint')
        const sent = new URLSearchParams({ code: answer.code })
        if (answer.iss !== '') sent.set('iss', answer.iss)
        if (answer.error !== '') sent.set('error', answer.error)
        // Many clients pass on the code and the state alone. Then the proof key and the nonce have to do.
        const names = metadata.namesIssuer && answer.whole
        const from = {
          issuer: metadata.issuer,
          ...(names ? { authorization_response_iss_parameter_supported: true } : {}),
        }
        const params = oauth.validateAuthResponse(from, client, sent, oauth.skipStateCheck)
        const { redirectUri, verifier } = answer
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          secret,
          params,
          redirectUri,
          verifier,
          http,
        )
        const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: answer.nonce,
          requireIdToken: true,
        })
        return tokensOf(tokens, oauth.getValidatedIdTokenClaims(tokens))
      }),

    startDevice: (scopes) =>
      explained('beginning the login', async () => {
        needed(metadata.deviceUrl, 'device_authorization_endpoint')
        const parameters = { scope: scopeOf(scopes) }
        const response = await oauth.deviceAuthorizationRequest(server, client, secret, parameters, http)
        const started = await oauth.processDeviceAuthorizationResponse(server, client, response)
        const url = started.verification_uri_complete ?? started.verification_uri
        return {
          deviceCode: started.device_code,
          userCode: started.user_code,
          url: webAddress(url),
          complete: started.verification_uri_complete !== undefined,
          lifetime: started.expires_in,
          interval: started.interval,
        }
      }),

    async pollDevice(deviceCode) {
      needed(metadata.tokenUrl, 'token_endpoint')
      try {
        const response = await oauth.deviceCodeGrantRequest(server, client, secret, deviceCode, http)
        const tokens = await oauth.processDeviceCodeResponse(server, client, response)
        return tokensOf(tokens, oauth.getValidatedIdTokenClaims(tokens))
      } catch (error) {
        const code = error instanceof oauth.ResponseBodyError ? error.error : undefined
        if (code === 'authorization_pending') return 'pending'
        if (code === 'slow_down') return 'slow'
        return explained('asking for the login', async () => {
          throw error
        })
      }
    },

    async userInfo({ accessToken, subject }) {
      if (metadata.userInfoUrl === undefined) return undefined
      return explained('asking UserInfo', async () => {
        const response = await oauth.userInfoRequest(server, client, accessToken, {
          ...http,
          [oauth.customFetch]: (url: string, init: Init) =>
            bounded(url, init, { ca, timeout, maxBytes: maxUserInfoBytes }),
        })
        const text = await response.clone().text()
        await oauth.processUserInfoResponse(server, client, subject, response)
        const said = parseJson(text)
        return isJsonObject(said) ? said : fail('provider_failed', 'UserInfo answered with no JSON object')
      })
    },
  }

  async function explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isFailure(error)) throw error
      fail('invalid_request', `login failed: error ${doing}: ${reasonOf(error)}`, { cause: error })
    }
  }

  /** Why a provider's answer was not taken. What a provider wrote itself is shown only where it is a plain code. */
  function reasonOf(error: unknown): string {
    const refused =
      error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError
    if (refused)
      return `the provider answered ${/^[a-z_]{1,64}$/.test(error.error) ? error.error : 'an error'}`
    if (error instanceof oauth.WWWAuthenticateChallengeError) return 'the provider refused the credentials'
    return error instanceof Error ? error.message : 'the answer is not acceptable'
  }
}

function endpointsOf(metadata: ProviderMetadata): Partial<AuthorizationServer> {
  const { tokenUrl, deviceUrl, userInfoUrl } = metadata
  return {
    ...(tokenUrl === undefined ? {} : { token_endpoint: tokenUrl.href }),
    ...(deviceUrl === undefined ? {} : { device_authorization_endpoint: deviceUrl.href }),
    ...(userInfoUrl === undefined ? {} : { userinfo_endpoint: userInfoUrl.href }),
    id_token_signing_alg_values_supported: [...algorithms],
  }
}

function needed(url: URL | undefined, name: string): string {
  return url?.href ?? fail('provider_failed', `the provider's discovery document has no usable ${name}`)
}

const scopeOf = (scopes: readonly string[]) => [...new Set(['openid', ...scopes])].join(' ')

/** What a person is sent to must be a page on the web. */
function webAddress(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href
  fail('provider_failed', 'the provider answered with an address that is none of the web')
}

function tokensOf(
  { id_token: idToken, access_token: accessToken }: { id_token?: string; access_token: string },
  claims: IDToken | undefined,
): Tokens {
  if (idToken === undefined || claims === undefined) {
    fail('invalid_request', 'login failed: the provider answered without an ID token')
  }
  return { idToken, accessToken, subject: claims.sub }
}

type Init = {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}
type Bounds = { readonly ca: string | undefined; readonly timeout: number; readonly maxBytes: number }

/** The `fetch` that the library gets. Answers of other statuses than 2xx and 4xx are failures of the provider. */
async function bounded(address: string, init: Init, bounds: Bounds): Promise<Response> {
  const url = new URL(address)
  const { status, headers, body } = await exchange(url, {
    ...bounds,
    method: init.method === 'POST' ? 'POST' : 'GET',
    headers: init.headers,
    ...(init.body instanceof URLSearchParams ? { body: init.body.toString() } : {}),
  })
  if (status < 200 || status >= 500) {
    fail('provider_failed', `${url.origin}${url.pathname} answered with status ${status}`)
  }
  const type = headers['content-type']
  // A body is no body with these.
  const empty = status === 204 || status === 205
  return new Response(empty ? null : new Uint8Array(body), {
    status,
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(headers['www-authenticate'] === undefined
        ? {}
        : { 'www-authenticate': headers['www-authenticate'] }),
    },
  })
}
