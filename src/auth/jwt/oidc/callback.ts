import type { Context } from '../../../backend/context.ts'
import type { NextStep, Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { fail, isFailure } from '../../../base/errors.ts'
import { configName, configs } from '../record.ts'
import type { Tools } from '../tools.ts'
import type { CallbackAnswer } from './client.ts'
import { loginFrom, type Proven, prove } from './finish.ts'
import { confirmPage, messagePage } from './pages.ts'
import { find, isHashed, isSameClient, missing, nonceHash, rowOf, stillThere } from './pending.ts'
import { type Pending, pendings } from './record.ts'
import { isPassedOn } from './redirect.ts'
import { clientFor, digestOf, type Settings, settingsFor } from './settings.ts'

export const callbackFields = {
  state: field.string('The state of the login.', { sensitive: true, maxLength: 512 }),
  code: field.string("The provider's code.", { sensitive: true, maxLength: 8192 }),
  iss: field.string('The issuer that answered (RFC 9207), where the provider says it.', { maxLength: 2048 }),
  client_nonce: field.string('The text that the client began the login with.', {
    sensitive: true,
    maxLength: 512,
  }),
  error: field.string('Why the provider did not log the person in.', { maxLength: 512 }),
  error_description: field.string('What the provider says of it; not shown.', { maxLength: 8192 }),
  error_uri: field.string('Where the provider says more of it; not shown.', { maxLength: 2048 }),
  confirmation: field.string('Whether the person has confirmed that it is they who log in.', {
    sensitive: true,
    maxLength: 64,
  }),
  id_token: field.string('Not taken: an ID token comes from the provider itself.', { sensitive: true }),
}

type Sent = FieldValues<typeof callbackFields>

/** Stands for the code that a provider posted, in the read that follows. */
const postedCode = 'no_code'

/** Announces what {@link callback} reads first, so that it comes in one round trip. */
export function wantForCallback(context: Context): void {
  const { state } = context.request.fields
  context.storage.want(configs, configName)
  const row = typeof state === 'string' ? rowOf(state) : undefined
  if (row !== undefined) context.storage.want(pendings, row)
}

/**
 * Finishes a login with what the provider sent the browser back with. The state is used up before anything
 * else happens, whatever comes of it: of two that come with it, one at most goes on.
 */
export async function callback(context: Context, sent: Sent, tools: Tools): Promise<Reply> {
  const { name, pending } = await find(context, sent.state ?? '')
  if (pending.mode === 'device' || pending.answered) missing()
  const settings = await settingsFor(context, pending.role)
  if (wasPosted(pending, sent) && pending.posted.confirmationHash !== '') {
    // Who began the login knows the state; what the page in the browser holds, only the person there has.
    if (!isHashed(sent.confirmation ?? '', pending.posted.confirmationHash)) {
      fail('invalid_request', 'login failed: it is not confirmed in the browser yet')
    }
    if (pending.mode === 'client') return confirmed(context, name, pending)
  }
  const answer = answerOf(pending, sent)
  if (pending.mode === 'direct') return direct(context, { name, pending, settings, answer, sent }, tools)
  context.storage.delete(name)
  return {
    afterwards: async () => {
      if (!isSameClient(pending, sent.client_nonce ?? '')) fail('invalid_request', 'invalid client_nonce')
      const proven = await ask(settings, answer, tools)
      return async (later) => ({ login: await loginFrom(later, settings, proven, tools) })
    },
  }
}

/** Lets the client read what was posted. */
function confirmed(context: Context, name: string, pending: Pending): Reply {
  context.storage.put(pendings, name, { ...pending, posted: { ...pending.posted, confirmationHash: '' } })
  return messagePage(...nearlyDone)
}

const nearlyDone = ['Nearly done', 'Go back to where you came from.'] as const

type Arrived = {
  readonly name: string
  readonly pending: Pending
  readonly settings: Settings
  readonly answer: CallbackAnswer
  readonly sent: Sent
}

/** The browser gets a page, and the client what it waits for when it polls. */
function direct(context: Context, { name, pending, settings, answer, sent }: Arrived, tools: Tools): Reply {
  if ((sent.confirmation ?? '') === '') {
    const { state = '', code = '', iss = '', error = '' } = sent
    const given = Object.entries({ state, code, iss, error }).filter(([, value]) => value !== '')
    return confirmPage(pending.remote, pending.role, Object.fromEntries(given))
  }
  context.storage.put(pendings, name, { ...pending, answered: true, verifier: '', nonce: '' })
  const failed =
    (text: string): NextStep =>
    async (later) => {
      if ((await stillThere(later, name, pending)) !== undefined) later.storage.delete(name)
      return messagePage('The login failed', text, 400)
    }
  return {
    afterwards: async () => {
      try {
        const proven = await ask(settings, answer, tools)
        return async (later) => {
          const now = await stillThere(later, name, pending)
          if (now === undefined) return failed('It took too long.')(later)
          try {
            const login = await loginFrom(later, settings, proven, tools)
            later.storage.put(pendings, name, { ...now, login: { login, settings: digestOf(settings) } })
            return messagePage('You are logged in', 'You can close this page and go back.')
          } catch (error) {
            if (!isFailure(error, 'invalid_request')) throw error
            return failed(error.message)(later)
          }
        }
      } catch (error) {
        if (!isFailure(error, 'invalid_request', 'provider_failed', 'rate_limited')) throw error
        return failed(error.message)
      }
    },
  }
}

function ask(settings: Settings, answer: CallbackAnswer, tools: Tools): Promise<Proven> {
  return tools.questions.run(settings.config.discoveryUrl, async () => {
    const known = await clientFor(settings.config, tools)
    return prove(settings, known, await known.client.exchange(answer), tools)
  })
}

const wasPosted = ({ posted }: Pending, { code = '' }: Sent) => code === postedCode && posted.code !== ''

function answerOf(pending: Pending, sent: Sent): CallbackAnswer {
  const { redirectUri, verifier, nonce, posted } = pending
  const isPosted = wasPosted(pending, sent)
  const { code, iss } = isPosted ? posted : { code: sent.code ?? '', iss: sent.iss ?? '' }
  return {
    code,
    iss,
    error: sent.error ?? '',
    whole: pending.mode === 'direct' || isPosted,
    redirectUri,
    verifier,
    nonce,
  }
}

/** Keeps what a provider posted (`form_post`) until the client reads it with the state and its nonce. */
export async function callbackPost(context: Context, sent: Sent): Promise<Reply> {
  const config = await context.storage.get(configs, configName)
  if (config === undefined) fail('invalid_request', 'could not load configuration')
  if (config.responseMode !== 'form_post') fail('method_not_allowed')
  const { name, pending } = await find(context, sent.state ?? '')
  if (pending.mode === 'device' || pending.answered || pending.posted.code !== '') missing()
  const { state = '', code = '', iss = '' } = sent
  const isRead = pending.mode === 'client' && isPassedOn(pending.redirectUri)
  const confirmation = isRead ? '' : context.random.base62(43)
  const posted = { code, iss, confirmationHash: nonceHash(confirmation) }
  context.storage.put(pendings, name, { ...pending, posted })
  return isRead
    ? messagePage(...nearlyDone)
    : confirmPage(pending.remote, pending.role, { state, code: postedCode, confirmation })
}
