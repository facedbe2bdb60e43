import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord, type RecordKind } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { auditKey, auditRecords } from '../settings/audit-table.ts'

/** A limit on the requests of each client. Spans in seconds. */
export type RateLimit = {
  readonly name: string
  /** Another one after every change: what was counted for the one before does not count for it. */
  readonly id: string
  /** UUID of the mount that it is for, wherever that moves; empty for all requests. */
  readonly mount: string
  /** The path inside the mount; one that ends in `*` stands for all that begin so, an empty one for all. */
  readonly inside: string
  /** Requests in an interval. */
  readonly rate: number
  readonly interval: number
  /** How long a client that asked too often is refused whatever it asks; 0 for the rest of the interval. */
  readonly blockInterval: number
  /** Whether each address counts for itself, or all count together. */
  readonly groupBy: 'ip' | 'none'
}

export type QuotaConfig = {
  readonly auditLogging: boolean
  readonly responseHeaders: boolean
  /** Whole paths; one that ends in `*` stands for all that begin so. */
  readonly exemptPaths: readonly string[]
}

type QuotaRow = { readonly config: QuotaConfig; readonly limits: readonly RateLimit[] }

/** All quotas of the server, in one row that requests read when there is a limit at all. */
export type QuotaTable = QuotaRow & {
  /**
   * The limit that holds for a path of a mount: the most exact one.
   *
   * @param fold where several spellings of a path name one thing, what makes them one
   */
  find(mount: string | undefined, inside: string, fold?: (text: string) => string): RateLimit | undefined
}

export const standardConfig: QuotaConfig = { auditLogging: false, responseHeaders: false, exemptPaths: [] }

export const quotasKey = 'ns/root/quotas' as StorageKey

const rows = jsonRecord<QuotaRow>('quota table')

export const quotaTables: RecordKind<QuotaTable> = {
  name: rows.name,
  encode: ({ config, limits }) => rows.encode({ config, limits }),
  parse: (bytes) => quotaTable(rows.parse(bytes)),
}

/** Indexes the limits; done once a version of the row. */
export function quotaTable(row: QuotaRow): QuotaTable {
  const byMount = Map.groupBy(row.limits, ({ mount }) => mount)
  for (const limits of byMount.values()) limits.sort(byExactness)
  const everywhere = byMount.get('')?.[0]
  return {
    ...row,
    find(mount, inside, fold = asSpelled) {
      const own = mount === undefined ? undefined : byMount.get(mount)
      return own?.find((limit) => covers(fold(limit.inside), fold(inside))) ?? everywhere
    },
  }
}

const asSpelled = (text: string) => text

const covers = (pattern: string, path: string) =>
  pattern === '' ||
  (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : withoutSlash(path) === pattern)

const withoutSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)

/** Whole paths first, then the longest beginnings. */
const byExactness = (a: RateLimit, b: RateLimit) =>
  Number(isWide(a)) - Number(isWide(b)) || b.inside.length - a.inside.length
const isWide = ({ inside }: RateLimit) => inside === '' || inside.endsWith('*')

/** Whether a path is one of these, or begins as one of them that ends in `*` says. */
export const isExempt = ({ exemptPaths }: QuotaConfig, path: string): boolean =>
  exemptPaths.some((pattern) =>
    pattern.endsWith('*')
      ? path.startsWith(pattern.slice(0, -1))
      : withoutSlash(path) === withoutSlash(pattern),
  )

/** The rate limits as of the transaction's instant; none where nothing was written. */
export async function readQuotas(tx: Transaction): Promise<QuotaTable> {
  return (await tx.get(quotaTables, quotasKey)) ?? quotaTable({ config: standardConfig, limits: [] })
}

/** Writes the table, and into the row that every request reads whether there are limits. */
export async function writeQuotas(tx: Transaction, row: QuotaRow): Promise<void> {
  tx.put(quotaTables, quotasKey, quotaTable(row))
  const { limited: before, ...rest } = (await tx.get(auditRecords, auditKey)) ?? { devices: [] }
  const limited = row.limits.length > 0
  if (limited !== (before ?? false)) {
    tx.put(auditRecords, auditKey, limited ? { ...rest, limited } : rest)
  }
}
