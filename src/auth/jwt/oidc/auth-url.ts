import type { Context } from '../../../backend/context.ts'
import { wantRole } from '../../../backend/logins/roles.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import { configName, configs, roles } from '../record.ts'
import type { Tools } from '../tools.ts'
import { keep, nonceHash, pendingTime } from './pending.ts'
import { nothingPosted, type Pending } from './record.ts'
import { mayRedirect } from './redirect.ts'
import { clientFor, type Settings, settingsFor, unchanged } from './settings.ts'

export const authUrlFields = {
  role: field.string('The role to log in with; the default role of the configuration without it.'),
  redirect_uri: field.string(
    'Where the browser comes back to; one of the allowed_redirect_uris of the role.',
    {
      maxLength: 2048,
    },
  ),
  client_nonce: field.string('A text that only this client knows, and has to show again to get its token.', {
    sensitive: true,
    maxLength: 512,
  }),
}

type Sent = FieldValues<typeof authUrlFields>

/** Announces what {@link authUrl} reads, so that it comes in one round trip. */
export function wantForAuthUrl(context: Context): void {
  const { role } = context.request.fields
  context.storage.want(configs, configName)
  wantRole(context, roles, role)
}

/** Begins a login: says which page the browser opens. */
export async function authUrl(context: Context, sent: Sent, tools: Tools): Promise<Reply> {
  const settings = await settingsFor(context, sent.role ?? '')
  const mode = settings.role.callbackMode ?? 'client'
  // Without it, whoever learns the state of somebody else's login could poll for their token.
  if (mode !== 'client' && (sent.client_nonce ?? '') === '') fail('invalid_request', 'missing client_nonce')
  return mode === 'device'
    ? startDevice(settings, sent, tools)
    : startInBrowser(context, settings, sent, tools)
}

async function startInBrowser(
  context: Context,
  settings: Settings,
  sent: Sent,
  tools: Tools,
): Promise<Reply> {
  const { config, role } = settings
  const redirectUri = sent.redirect_uri ?? ''
  if (redirectUri === '') fail('invalid_request', 'missing redirect_uri')
  if (!mayRedirect(redirectUri, role.redirectUris ?? [])) {
    fail('invalid_request', 'unauthorized redirect_uri: it is none of the allowed_redirect_uris of the role')
  }
  const { client } = await clientFor(config, tools)
  const begun = { ...blank(context, settings, sent), redirectUri }
  const state = await keep(context, begun)
  const { nonce, verifier } = begun
  const url = await client.authorizationUrl({
    redirectUri,
    scopes: role.scopes ?? [],
    state,
    nonce,
    verifier,
    formPost: config.responseMode === 'form_post',
    maxAge: role.maxAge,
  })
  const polled = begun.mode === 'direct' ? { state, poll_interval: String(begun.interval) } : {}
  return { data: { auth_url: url, ...polled } }
}

/** The provider is asked first, once, and what it said is kept in a transaction of its own. */
function startDevice(settings: Settings, sent: Sent, tools: Tools): Reply {
  return {
    afterwards: async () => {
      const { config, role } = settings
      const started = await tools.questions.run(config.discoveryUrl, async () => {
        const { client } = await clientFor(config, tools)
        return client.startDevice(role.scopes ?? [])
      })
      return async (context) => {
        await unchanged(context, settings)
        const begun = blank(context, settings, sent)
        const interval =
          role.pollInterval ?? Math.min(60, Math.max(1, Math.ceil(started.interval ?? begun.interval)))
        const state = await keep(context, {
          ...begun,
          interval,
          deviceCode: started.deviceCode,
          expires: context.clock.now() + Math.min(pendingTime, started.lifetime * 1000),
        })
        return {
          data: {
            auth_url: started.url,
            ...(started.complete ? {} : { user_code: started.userCode }),
            state,
            poll_interval: String(interval),
          },
        }
      }
    },
  }
}

const usualInterval = 5

function blank(
  context: Context,
  { name, role }: Settings,
  sent: Sent,
): Omit<Pending, 'stateHash' | 'remote'> {
  const { random, clock } = context
  return {
    clientNonceHash: nonceHash(sent.client_nonce ?? ''),
    mode: role.callbackMode ?? 'client',
    role: name,
    expires: clock.now() + pendingTime,
    redirectUri: '',
    verifier: random.base62(64),
    nonce: random.base62(43),
    deviceCode: '',
    interval: role.pollInterval ?? usualInterval,
    polled: 0,
    posted: nothingPosted,
    answered: false,
    login: undefined,
  }
}
