import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** Which pages of other sites may use the API from a browser (Fetch Standard §3.2). */
export type CrossOrigin = {
  /** Origins as browsers send them, or `*` alone for all. */
  readonly origins: readonly string[]
  /** Request headers that they may send, as `sys/config/cors` shows them. */
  readonly headers: readonly string[]
  readonly credentials: boolean
}

export const crossOriginKey = 'ns/root/config/cors' as StorageKey
export const crossOriginRecords = jsonRecord<CrossOrigin>('cross-origin setting')

/** Headers of answers outside of the API: names in their usual spelling, and the values of each. */
export type PageHeaders = {
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[]
}

export const pageHeadersKey = 'ns/root/config/ui-headers' as StorageKey
export const pageHeaderRecords = jsonRecord<PageHeaders>('page header setting')

/** The policy that pages are shown under; what is set is enforced beside the server's own, so it only forbids more. */
export const policyHeader = 'Content-Security-Policy'

/** Standard headers that say something and make a browser do nothing. */
const plainHeaders = ['Cross-Origin-Embedder-Policy', 'Server', 'Via', policyHeader]
/** What protects the page, leads browsers to a file, or proxies in front to another answer. */
const kept = /^X-(?:Accel-.*|Content-Type-Options|Frame-Options|Lighttpd-.*|Sendfile.*|Sourcemap)$/

/**
 * Whether a header of pages can be set. Others lead a browser elsewhere, load or report something there, take cookies
 * away, or lift what protects the page.
 *
 * @param name in its usual spelling: `X-Own-Header`
 */
export const isPageHeader = (name: string): boolean =>
  plainHeaders.includes(name) || (name.startsWith('X-') && !kept.test(name))

/** The name of a header as RFC 9110 §5.1 has it. */
export const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/
/** What may stand in a header: no line of its own can begin in it. */
export const headerValue = /^[\t\x20-\x7e]{1,4096}$/
