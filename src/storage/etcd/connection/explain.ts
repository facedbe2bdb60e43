import { Code, ConnectError } from '@connectrpc/connect'
import { CofferError } from '../../../base/errors.ts'

/** What an error of a call to etcd means for the call. */
export type Verdict =
  /**
   * Answered: the same call would get the same answer from every member. Nothing was written, unless `maybeDone`: what
   * takes the last of etcd's space is carried out, and refused all the same.
   */
  | { readonly kind: 'refused'; readonly error: CofferError; readonly maybeDone?: true }
  /** The token of the login is not valid any more. Nothing was written. */
  | { readonly kind: 'login'; readonly error: CofferError }
  /** Unanswered: it was carried out or not. Another member may answer. */
  | { readonly kind: 'unanswered'; readonly error: CofferError }

const refusals: Partial<Record<Code, readonly [CofferError['code'], string]>> = {
  [Code.InvalidArgument]: [
    'storage_failed',
    'etcd refuses what it was asked; check that its --max-txn-ops and --max-request-bytes are not below their defaults',
  ],
  [Code.PermissionDenied]: [
    'storage_failed',
    'the user of etcd may not read or write there; grant its role the prefix',
  ],
  [Code.FailedPrecondition]: [
    'storage_failed',
    'etcd refuses the login; check that its authentication is on, and leave out username if it is not',
  ],
  [Code.OutOfRange]: ['overloaded', 'what is read was compacted meanwhile; try again'],
}

/** Errors of TLS that no other try makes better, by their names in Node. */
const distrust = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|INVALID_CA|HOSTNAME_)/

/** Whether etcd itself answered with the error; everything else may come from a connection that broke. */
export const said = (error: unknown): boolean =>
  ConnectError.from(error).rawMessage.startsWith('etcdserver: ')

/**
 * Tells what an error means. What etcd itself says begins with its name, and so do texts of gRPC: everything else
 * may come from a connection that broke.
 */
export function judge(error: unknown): Verdict {
  if (error instanceof CofferError) return { kind: 'refused', error }
  const failure = ConnectError.from(error)
  const text = failure.rawMessage
  if (text.startsWith('etcdserver: ')) {
    if (failure.code === Code.Unauthenticated) return login(failure)
    if (failure.code === Code.InvalidArgument && text.includes('authentication failed')) {
      return refused('storage_failed', 'etcd refuses the login: wrong username or password', failure)
    }
    if (failure.code === Code.InvalidArgument && /is empty|auth store is old/.test(text)) {
      return login(failure)
    }
    if (failure.code === Code.ResourceExhausted) return exhausted(failure)
    const known = refusals[failure.code]
    if (known !== undefined) return refused(...known, failure)
  }
  if (trustFailure(failure) !== undefined) {
    return refused(
      'storage_failed',
      `the certificate of etcd is not trusted: ${trustFailure(failure)}`,
      failure,
    )
  }
  return {
    kind: 'unanswered',
    error: new CofferError('storage_failed', 'etcd does not answer', { cause: failure }),
  }
}

const login = (cause: unknown): Verdict => ({
  kind: 'login',
  error: new CofferError('storage_failed', 'etcd wants a login; check username and password', { cause }),
})

function exhausted(failure: ConnectError): Verdict {
  if (failure.rawMessage.includes('too many requests')) {
    return refused('overloaded', 'etcd is busy; try again', failure)
  }
  const text =
    'etcd is out of space (alarm NOSPACE): compact and defragment it, or raise --quota-backend-bytes, then disarm the alarm'
  return {
    kind: 'refused',
    maybeDone: true,
    error: new CofferError('storage_failed', text, { cause: failure }),
  }
}

const refused = (code: CofferError['code'], text: string, cause: unknown): Verdict => ({
  kind: 'refused',
  error: new CofferError(code, text, { cause }),
})

/**
 * Says of nobody's answer who was asked, and what came of it: for the operator at the start, and not for clients.
 *
 * @returns any other error as it is
 */
export function withAddresses(error: unknown, urls: readonly string[]): unknown {
  const cause = error instanceof CofferError ? error.cause : undefined
  if (!(cause instanceof ConnectError) || judge(cause).kind !== 'unanswered') return error
  const { code } = (cause.cause ?? {}) as { code?: unknown }
  const why = typeof code === 'string' ? ` (${code})` : ''
  return new CofferError('storage_failed', `etcd does not answer at ${urls.join(', ')}${why}`, { cause })
}

/** The name of the reason for which a certificate is not trusted. */
function trustFailure(error: Error): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && distrust.test(code)) return code
  }
  return undefined
}
