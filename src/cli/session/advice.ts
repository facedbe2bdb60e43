import { type Client, ClientError, flagOf, numberOf, textOf } from '../../client/index.ts'
import { Advised } from '../output/failure.ts'

const withoutOne = 'No token was sent; log in with: coffer login'
const withOne = 'The token has ended, or its policies do not allow this: coffer token lookup tells which.'

/** Texts that say no more than that a token is needed, or another one. */
const bare = ['permission denied', 'missing client token']

/**
 * Adds to a refusal what to do about it, where its own text does not say so.
 *
 * @param token whether one was sent, or none was needed
 * @returns what to throw instead
 */
export async function advised(
  error: unknown,
  client: Client,
  token: 'sent' | 'none' | 'unneeded',
): Promise<unknown> {
  if (!(error instanceof ClientError) || error.denied !== undefined) return error
  if (error.status === 503 && error.errors.some((text) => /sealed/i.test(text))) {
    return new Advised(error, await sealAdvice(error, client))
  }
  const isBare = error.errors.every((text) => bare.includes(text))
  if (error.status !== 403 || !isBare || token === 'unneeded') return error
  return new Advised(error, token === 'none' ? withoutOne : withOne)
}

/** A seal that opens by itself takes no shares; only the server knows which kind it has. */
async function sealAdvice(error: ClientError, client: Client): Promise<string> {
  if (error.errors.some((text) => /not initialized/i.test(text)))
    return 'Initialise it with: coffer operator init'
  const status = await client
    .call('GET', 'sys/seal-status', { token: '', wrapTtl: '' })
    .catch(() => undefined)
  const { recovery_seal, type, t } = status?.data ?? {}
  if (!flagOf(recovery_seal)) return 'Unseal it with: coffer operator unseal'
  const shares = numberOf(t) > 0 ? ', or give it recovery keys with: coffer operator unseal' : ''
  return `Its seal of type ${textOf(type)} opens by itself at a start: restart the server${shares}`
}
