import { rsaKey, signToken } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { Verb } from '../../src/backend/message.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { createBrowser } from '../../src/demo/provider/browser.ts'
import { startProvider } from '../../src/demo/provider/provider.ts'
import { type Ask, dataOf, type TestNode, tokenOf } from './node.ts'

type AskOne = (verb: Verb, path: string, options?: Ask) => ReturnType<TestNode['ask']>

const comesBack = 'http://localhost:8250/oidc/callback'

/** Uses every route of logins in a browser, each in a way that succeeds, on the mount `auth/jwt`. */
export async function useBrowserLogins(ask: AskOne): Promise<void> {
  const clientSecret = 'secret'
  const provider = await startProvider({ port: 0, clientSecret, redirectUris: [comesBack] })
  const open = (verb: Verb, path: string, fields: JsonObject) =>
    ask(verb, `auth/jwt/${path}`, { fields, token: '' })
  const configure = (more: JsonObject = {}) =>
    ask('write', 'auth/jwt/config', {
      fields: {
        oidc_discovery_url: provider.issuer,
        oidc_client_id: 'coffer-demo',
        oidc_client_secret: clientSecret,
        ...more,
      },
    })
  const logIn = async (role: string) => {
    const fields = { role, redirect_uri: comesBack, client_nonce: 'n' }
    const { auth_url } = dataOf(await open('write', 'oidc/auth_url', fields))
    const browser = createBrowser()
    const { url: page } = await browser.open(String(auth_url))
    const { url } = await browser.submit(page, { person: 'alice' }, comesBack)
    return Object.fromEntries(new URL(url).searchParams)
  }
  try {
    await configure()
    const role = { user_claim: 'voperson_id', allowed_redirect_uris: comesBack }
    await ask('write', 'auth/jwt/role/web', { fields: role })
    await ask('write', 'auth/jwt/role/direct', { fields: { ...role, callback_mode: 'direct' } })
    tokenOf(await open('read', 'oidc/callback', { ...(await logIn('web')), client_nonce: 'n' }))
    const direct = await logIn('direct')
    await open('read', 'oidc/callback', { ...direct, confirmation: 'yes' })
    tokenOf(await open('write', 'oidc/poll', { state: direct.state ?? '', client_nonce: 'n' }))
    const posted = await logIn('web')
    await configure({ oidc_response_mode: 'form_post' })
    await open('write', 'oidc/callback', posted)
    const rest = { state: posted.state ?? '', code: 'no_code', client_nonce: 'n' }
    tokenOf(await open('read', 'oidc/callback', rest))
  } finally {
    await provider.stop()
  }
}

/** Uses every route of logins of service accounts, each in a way that succeeds. @param now milliseconds since 1970 */
export async function useServiceAccounts(ask: AskOne, now: number): Promise<void> {
  const write = (path: string, fields: JsonObject, options: Ask = {}) =>
    ask('write', path, { fields, ...options })
  await write('sys/auth/kubernetes', { type: 'kubernetes' })
  await write('auth/kubernetes/config', {
    kubernetes_host: 'https://127.0.0.1:1',
    pem_keys: [rsaKey.pem],
    disable_token_review: true,
  })
  const role = {
    bound_service_account_names: 'web',
    bound_service_account_namespaces: 'shop',
    audience: 'coffer',
  }
  for (const name of ['r', 'gone']) await write(`auth/kubernetes/role/${name}`, role)
  await ask('delete', 'auth/kubernetes/role/gone')
  const account = { name: 'web', uid: 'an-id' }
  const jwt = signToken({
    aud: ['coffer'],
    exp: Math.floor(now / 1000) + 600,
    'kubernetes.io': { namespace: 'shop', serviceaccount: account },
  })
  tokenOf(await write('auth/kubernetes/login', { role: 'r', jwt }, { token: '' }))
}
