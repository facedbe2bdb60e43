import { isFailure } from '../../base/errors.ts'
import { ClientError, type Denied } from '../../client/index.ts'
import type { Io } from '../io.ts'
import { paint, printable } from './terminal.ts'

type About = { readonly io: Io; readonly doing: string; readonly failure: number }

/** An error of the client with what to do about it, where that takes more than the error to know. */
export class Advised extends Error {
  readonly error: ClientError
  readonly advice: string

  constructor(error: ClientError, advice: string) {
    super(error.message, { cause: error })
    this.name = 'Advised'
    this.error = error
    this.advice = advice
  }
}

/** Tells what went wrong and answers the exit code. */
export function explainFailure(thrown: unknown, { io, doing, failure }: About): number {
  const say = (lines: readonly string[]) => {
    const [first = '', ...others] = lines.map((line) => printable(line, io.stderr))
    const text = [paint('red', first, io.stderr, io.env), ...others].join('\n')
    io.stderr.write(`${text}\n`)
  }
  const error = thrown instanceof Advised ? thrown.error : thrown
  const advice = thrown instanceof Advised ? thrown.advice : undefined
  if (isFailure(error)) {
    say([`Error: ${error.message}`])
    return 1
  }
  if (!(error instanceof ClientError)) {
    say(faultLines(error, doing))
    return 1
  }
  if (error.attempts.length > 0) say(noneUsed(error, doing, advice))
  else if (error.reason === 'status') say(refusal(error, doing, advice))
  else say([`Error ${doing}: ${error.message}`, ...hints(advice ?? hintFor(error))])
  return error.reason === 'invalid_argument' ? 1 : failure
}

/** What the system refused, or a fault of ours: of that only the place is told, since a text may hold a secret. */
function faultLines(error: unknown, doing: string): string[] {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof Error && /^E[A-Z]+$/.test(code)) {
    const line = `Error ${doing}: ${error.message}`
    return code === 'EADDRINUSE'
      ? [line, 'Another program listens there: end it, or choose another address.']
      : [line]
  }
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : []
  return [`Error ${doing}: this is a fault of coffer itself; please report it`, ...frames]
}

/** What each of several addresses said. */
function noneUsed(error: ClientError, doing: string, advice: string | undefined): string[] {
  const { attempts } = error
  return [
    `Error ${doing}: none of ${attempts.length} addresses could be used`,
    '',
    ...attempts.map(({ address, text }) => `* ${address}: ${text}`),
    ...(error.sent && error.reason !== 'status' ? ['', 'The request may have been carried out.'] : []),
    ...hints(advice ?? hintFor(error)),
  ]
}

function refusal(error: ClientError, doing: string, advice: string | undefined): string[] {
  const texts = error.errors.map((text) => `* ${text}`)
  return [
    `Error ${doing}:`,
    '',
    `URL: ${error.method} ${error.url}`,
    `Code: ${error.status}.${texts.length > 0 ? ' Errors:' : ''}`,
    ...(texts.length > 0 ? ['', ...texts] : []),
    ...error.warnings.map((text) => `Warning: ${text}`),
    ...hints(advice ?? hintFor(error)),
  ]
}

function deniedText({ path, missing, by }: Denied): string | undefined {
  switch (by) {
    case 'deny':
      return `A policy of your token denies ${path}.`
    case 'parameters':
      return `The policies of your token do not allow these fields at ${path}.`
    case 'wrapping':
      return `The policies of your token ask for another -wrap-ttl at ${path}.`
    case 'owner':
      return `${path} lies in the space of one person, and nobody else gets in.`
    default:
      return missing.length === 0 ? undefined : `Your token lacks ${missing.join(' or ')} at ${path}.`
  }
}

/** What to do about it, where that is not in the error itself. */
function hints(text: string | undefined): string[] {
  return text === undefined ? [] : ['', text]
}

function hintFor(error: ClientError): string | undefined {
  if (error.denied !== undefined) return deniedText(error.denied)
  if (error.reason === 'unreachable')
    return 'Is the server running? Its address is set by -address or VAULT_ADDR.'
  if (error.reason === 'tls' && /authority/.test(error.message)) {
    return 'Name the file of that authority with -ca-cert or VAULT_CACERT.'
  }
  return undefined
}
