import type { Context } from '../../../backend/context.ts'
import type { NextStep, Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type CofferError, fail, isFailure } from '../../../base/errors.ts'
import type { Tools } from '../tools.ts'
import { loginFrom, prove } from './finish.ts'
import { find, isSameClient, missing, stillThere } from './pending.ts'
import { type Pending, pendings } from './record.ts'
import { clientFor, type Settings, settingsAs, settingsFor } from './settings.ts'

export const pollFields = {
  state: field.string('The state of the login.', { sensitive: true, maxLength: 512 }),
  client_nonce: field.string('The text that the client began the login with.', {
    sensitive: true,
    maxLength: 512,
  }),
}

type Sent = FieldValues<typeof pollFields>

/** Gives a client that waits its login, once. Until then it gets the errors of RFC 8628 §3.5. */
export async function poll(context: Context, sent: Sent, tools: Tools): Promise<Reply> {
  const { name, pending } = await find(context, sent.state ?? '')
  if (pending.mode === 'client') missing()
  if (!isSameClient(pending, sent.client_nonce ?? '')) fail('invalid_request', 'invalid client_nonce')
  if (pending.mode === 'device') {
    const settings = await settingsFor(context, pending.role)
    return pollDevice(context, { name, pending, settings }, tools)
  }
  if (pending.login === undefined) fail('invalid_request', 'authorization_pending')
  const { login, settings } = pending.login
  await settingsAs(context, pending.role, settings)
  context.storage.delete(name)
  return { login }
}

type Waiting = { readonly name: string; readonly pending: Pending; readonly settings: Settings }

/**
 * Asks the provider, no more often than it wants to be asked. Who asks has written so first, so that of two that
 * poll at the same moment one asks, and none gets the other's token.
 */
function pollDevice(context: Context, { name, pending, settings }: Waiting, tools: Tools): Reply {
  const now = context.clock.now()
  // A client that waits the whole interval may have a clock that is a little fast.
  if (now - pending.polled < pending.interval * 1000 - 500) fail('invalid_request', 'slow_down')
  context.storage.put(pendings, name, { ...pending, polled: now })
  return {
    afterwards: async () => {
      try {
        const known = await clientFor(settings.config, tools)
        const answer = await tools.questions.run(settings.config.discoveryUrl, () =>
          known.client.pollDevice(pending.deviceCode),
        )
        if (answer === 'pending') return () => refuse('authorization_pending')
        if (answer === 'slow') return slower(name, pending)
        const proven = await prove(settings, known, answer, tools)
        return async (later) => {
          // Whoever comes second finds it gone.
          if ((await stillThere(later, name, pending)) === undefined) missing()
          later.storage.delete(name)
          return { login: await loginFrom(later, settings, proven, tools) }
        }
      } catch (error) {
        // What failed on the way may go better the next time; what was refused will not.
        if (!isFailure(error, 'invalid_request')) throw error
        return ended(name, pending, error)
      }
    },
  }
}

/** RFC 8628 §3.5: five seconds more from then on. */
function slower(name: string, pending: Pending): NextStep {
  return async (later) => {
    const now = await stillThere(later, name, pending)
    if (now !== undefined)
      later.storage.put(pendings, name, { ...now, interval: Math.min(60, now.interval + 5) })
    return refuse('slow_down')
  }
}

function ended(name: string, pending: Pending, error: CofferError): NextStep {
  return async (later) => {
    if ((await stillThere(later, name, pending)) !== undefined) later.storage.delete(name)
    return {
      afterwards: () => {
        throw error
      },
    }
  }
}

/** An error that comes once what was written has landed. */
const refuse = (text: string): Reply => ({ afterwards: async () => fail('invalid_request', text) })
