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

/** The name of a header as RFC 9110 §5.1 has it. */
export const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/
/** What may stand in a header: no line of its own can begin in it. */
export const headerValue = /^[\t\x20-\x7e]{1,4096}$/
