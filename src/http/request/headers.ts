import type { IncomingHttpHeaders } from 'node:http'
import { parseDuration } from '../../base/duration.ts'
import { CofferError, fail } from '../../base/errors.ts'

/** The caller's token: `X-Vault-Token`, else `Authorization: Bearer` (RFC 6750 §2.1). */
export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-vault-token']
  if (typeof own === 'string' && own !== '') return own
  const { authorization } = headers
  return authorization?.startsWith('Bearer ') === true
    ? authorization.slice(7).trim() || undefined
    : undefined
}

/**
 * How long the answer is to be wrapped, from `X-Vault-Wrap-TTL`: whole seconds; undefined for none.
 *
 * @throws invalid_request
 */
export function wrapTtlOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['x-vault-wrap-ttl']
  if (typeof value !== 'string' || value === '') return undefined
  const seconds = readSpan(value)
  if (seconds < 0) fail('invalid_request', `${wrapFault}requested wrap ttl cannot be negative`)
  return seconds || undefined
}

const wrapFault = 'error parsing X-Vault-Wrap-TTL header: '

function readSpan(value: string): number {
  try {
    return parseDuration(value)
  } catch (error) {
    if (error instanceof CofferError) fail('invalid_request', wrapFault + error.message)
    throw error
  }
}

/** @throws not_found unless the request is for the root namespace */
export function checkNamespace(headers: IncomingHttpHeaders): void {
  const value = headers['x-vault-namespace']
  if (typeof value !== 'string') return
  // Split, since an expression for slashes at an end takes time that grows with the square of their number.
  const names = value.split('/').filter((name) => name !== '')
  if (names.length > 1 || (names[0] ?? 'root') !== 'root') fail('not_found', 'namespace not found')
}
