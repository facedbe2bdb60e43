import type { JsonObject } from '../../../base/json/json.ts'
import type { Key } from '../keys/record.ts'

/** What is asked for of one item, as the client wrote it. Fields that an operation does not name are not read. */
export type Item = {
  readonly plaintext?: string
  readonly ciphertext?: string
  readonly context?: string
  readonly associated_data?: string
  readonly key_version?: number
  readonly input?: string
  readonly signature?: string
  readonly hmac?: string
  readonly reference?: string
}

/** How signatures are made and checked. */
export type SigningOptions = {
  /** The API's name, or `none`. */
  readonly hash: string
  readonly prehashed: boolean
  readonly scheme: 'pss' | 'pkcs1v15'
  readonly marshaling: 'asn1' | 'jws'
  /** Bytes, or as long as fits and any when checking, or as long as the hash. */
  readonly salt: number | 'auto' | 'hash'
  /** 0 for the latest. */
  readonly version: number
}

export type HmacOptions = { readonly hash: string; readonly version: number }

/** Work on a key that needs nothing but what it says here, so that it can be done in another thread. */
export type Job = { readonly key: Key; readonly items: readonly Item[] } & (
  | { readonly operation: 'encrypt' | 'decrypt' | 'rewrap' }
  | { readonly operation: 'sign' | 'verify'; readonly options: SigningOptions }
  | { readonly operation: 'hmac' | 'verify-hmac'; readonly options: HmacOptions }
)

/** What became of one item: fields of the answer, or what is wrong with it. */
export type Outcome = { readonly data: JsonObject; readonly error?: undefined } | { readonly error: string }
