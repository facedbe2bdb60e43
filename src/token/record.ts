import { createHmac, type KeyObject } from 'node:crypto'
import type { Brand } from '../base/brand.ts'
import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'

/** HMAC-SHA-256 of a token under a key of the cluster, 64 hex digits: what is stored in the token's stead. */
export type TokenHash = Brand<string, 'TokenHash'>

/** What is kept of a service token. Times in milliseconds since 1970, spans in seconds. */
export type TokenRecord = {
  readonly accessor: string
  readonly policies: readonly string[]
  readonly displayName: string
  readonly meta: Readonly<Record<string, string>> | null
  /** The path that made it, such as `auth/token/create`; its lease lies below. */
  readonly path: string
  readonly created: number
  /** The TTL it was made with; 0 when it never ends. */
  readonly creationTtl: number
  readonly explicitMaxTtl: number
  readonly period: number
  /** 0 for no limit; the count that is left is a row of its own. */
  readonly numUses: number
  readonly renewable: boolean
  readonly entityId: string
  readonly boundCidrs: readonly string[]
  /** What whoever made it is asked about at a renewal: a token role, an auth role, a user; `''` without. */
  readonly role: string
  /** The mount that made it: when the mount goes, its tokens end. */
  readonly mount: string
  /** Who logged in, by issuer and claim value; inherited by children. Opens the person's space. */
  readonly person?: string
  /** That space, as `spaceName` writes it. */
  readonly space?: string
  /** Its entity says whose it is and can end it, and grants nothing; see `isLocker` of `auth/token`. */
  readonly locker?: true
  /** Of a locker: the person who made it, who is told of its uses. It opens nothing of theirs. */
  readonly maker?: string
  /**
   * A UUID that names this very token and its cubbyhole. A chosen id can be used again after its token
   * ended; the new token then neither inherits the old cubbyhole nor revives the old children.
   */
  readonly instance: string
  /** From the eldest to the parent; each must be alive. Empty for an orphan. */
  readonly ancestors: readonly Ancestor[]
}

export type Ancestor = { readonly hash: TokenHash; readonly instance: string; readonly lease: string }

/** Left in place of a token that was revoked without its children: to them it is no ancestor any more. */
export type Tombstone = { readonly orphaned: true; readonly instance: string }

export const tokenRecords = jsonRecord<TokenRecord | Tombstone>('token')
export const accessorRecords = jsonRecord<{ readonly hash: TokenHash }>('token accessor')
export const usesRecords = jsonRecord<{ readonly left: number }>('token use count')
export const childRecords = jsonRecord<Record<string, never>>('token child')

/** The most ancestors that a token may have: its check reads each of them. */
export const maxAncestors = 64

const root = 'ns/root/token/'
export const accessorPrefix = `${root}accessor/`

export const tokenKey = (hash: TokenHash) => `${root}id/${hash}` as StorageKey
export const accessorKey = (accessor: string) => `${accessorPrefix}${accessor}` as StorageKey
export const usesKey = (hash: TokenHash) => `${root}uses/${hash}` as StorageKey
/** @param parent its instance */
export const childPrefix = (parent: string) => `${root}child/${parent}/`
export const childKey = (parent: string, child: TokenHash) => `${childPrefix(parent)}${child}` as StorageKey

/** The lease of a token, as `sys/leases` names it. A wrapped list's path is a folder and ends in `/`. */
export const tokenLeaseId = (path: string, hash: TokenHash) =>
  path.endsWith('/') ? `${path}h${hash}` : `${path}/h${hash}`

/** @param key from `barrier.derive('token/id')` */
export function hashToken(key: KeyObject, id: string): TokenHash {
  return createHmac('sha256', key).update(id).digest('hex') as TokenHash
}

export const servicePrefix = 'hvs.'
export const batchPrefix = 'hvb.'
