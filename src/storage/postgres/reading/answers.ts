import { startOfList, startOfScan } from '../../keys.ts'
import {
  defaultLimit,
  type Listing,
  type ListOptions,
  type ReadResult,
  type Scanning,
  type StorageKey,
  type Version,
} from '../../store.ts'
import type { Columns, Connection } from '../connection/connection.ts'
import { listFolder, readRows, scanRows } from '../statements.ts'
import { arrayOf, bytesOf, canBe, endOf, hexOf, keyOf, literal, startOf, uuidOf, uuids } from '../values.ts'

export type Question = { readonly key: StorageKey; readonly known: Version | undefined }

/** Bytes of values after which a page of a scan ends. */
const maxScanBytes = 8 * 1024 * 1024

/** Reads rows by key, all from one instant, and the number of commits at it. */
export async function askRows(
  connection: Connection,
  questions: readonly Question[],
): Promise<{ readonly sequence: number; readonly results: ReadResult[] }> {
  // One that cannot be asks for the empty key, which is none either.
  const keys = questions.map(({ key }) => (canBe(key) ? hexOf(key) : ''))
  const known = questions.map((question) => uuidOf(question.known))
  const { rows } = await connection.run(readRows, [arrayOf(keys), uuids(known)])
  const results = new Array<ReadResult>(questions.length).fill(undefined)
  for (const [, n, version, value] of rows) {
    if (n != null) results[Number(n) - 1] = resultOf(version, value)
  }
  return { sequence: Number(rows[0]?.[0]), results }
}

const resultOf = (version: Columns[number] | undefined, value: Columns[number] | undefined): ReadResult =>
  value == null ? 'unchanged' : { value: bytesOf(value), version: version as Version }

export async function askNames(
  connection: Connection,
  prefix: string,
  { after, limit = defaultLimit }: ListOptions = {},
): Promise<Listing> {
  const before = Buffer.byteLength(prefix)
  const { rows } = await connection.run(listFolder, [
    literal(hexOf(startOf(startOfList(prefix, after)))),
    literal(hexOf(endOf(prefix))),
    before + 1,
    limit + 1,
  ])
  const names = rows.slice(0, limit).map(([key]) => childOf(keyOf(key as string), prefix))
  return { names, more: rows.length > limit }
}

function childOf(key: string, prefix: string): string {
  const slash = key.indexOf('/', prefix.length)
  return slash < 0 ? key.slice(prefix.length) : key.slice(prefix.length, slash + 1)
}

export async function askPage(
  connection: Connection,
  prefix: string,
  { after, limit = defaultLimit }: ListOptions = {},
): Promise<Scanning> {
  const { rows } = await connection.run(scanRows, [
    literal(hexOf(startOf(startOfScan(prefix, after)))),
    literal(hexOf(endOf(prefix))),
    limit + 1,
    maxScanBytes,
  ])
  const page = rows.slice(0, limit).map(([key, version, value]) => ({
    key: keyOf(key as string),
    value: bytesOf(value as string),
    version: version as Version,
  }))
  return { rows: page, more: Number(rows[0]?.[3] ?? 0) > page.length }
}
