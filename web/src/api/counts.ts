import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { flagOf, listOf, numberOf, textOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'
import { allDays, allMonths, type Period } from './periods.ts'

export const spans = ['7', '30', '90', 'year'] as const
/** Days up to today, or the months of two years. */
export type Span = (typeof spans)[number]

export type Counts = {
  readonly periods: readonly Period[]
  /** There were too many people to tell all apart. */
  readonly isLowerBound: boolean
}

/** Requests and people by day, or by month. */
export const useCounts = (span: Span) =>
  useQuery({
    queryKey: ['counts', span],
    queryFn: () => (span === 'year' ? readMonths() : readDays(Number(span))),
  })

const dayLength = 24 * 3600_000

async function readDays(days: number): Promise<Counts> {
  const start = new Date(Date.now() - (days - 1) * dayLength).toISOString().slice(0, 10)
  const { data } = await api.usage.days({ start })
  const found = listOf(data?.days ?? null)
  return {
    periods: allDays(found.map(periodOf), textOf(data?.start) || start, textOf(data?.end) || start),
    isLowerBound: found.some((one) => flagOf(one.people_is_lower_bound)),
  }
}

async function readMonths(): Promise<Counts> {
  const found = listOf((await api.usage.months(24)).data?.months ?? null)
  return {
    periods: allMonths(found.map(periodOf)),
    isLowerBound: found.some((one) => flagOf(one.people_is_lower_bound)),
  }
}

function periodOf(one: JsonObject): Period {
  const mounts = listOf(one.mounts ?? null)
  const engines: Record<string, number> = {}
  for (const mount of mounts) {
    const type = textOf(mount.type) || 'removed'
    engines[type] = (engines[type] ?? 0) + numberOf(mount.requests)
  }
  return {
    name: textOf(one.day) || textOf(one.month),
    requests: numberOf(one.requests),
    reads: numberOf(one.reads),
    writes: numberOf(one.writes),
    failed: numberOf(one.failed),
    people: numberOf(one.people),
    secretReads: mounts.reduce((sum, mount) => (mount.type === 'kv' ? sum + numberOf(mount.reads) : sum), 0),
    engines,
  }
}

export type UnusedSecret = {
  readonly path: string
  /** RFC 3339; empty for never, as far as it is counted. */
  readonly lastRead: string
  readonly lastWrite: string
}

/** Secrets below a folder that nobody read for some days, page by page. */
export const useUnused = (folder: string | undefined, days: number) =>
  useInfiniteQuery({
    queryKey: ['usage', 'unused', folder, days],
    queryFn: ({ pageParam }) => readUnused(folder ?? '', days, pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next || undefined,
    enabled: folder !== undefined,
  })

async function readUnused(folder: string, days: number, after: string) {
  const query = { days, ...(after !== '' && { after }) }
  const { data } = await client.call('GET', `sys/usage/unused/${folder.replace(/\/$/, '')}`, { query })
  const secrets = listOf(data?.secrets ?? null).map(
    (one): UnusedSecret => ({
      path: textOf(one.path),
      lastRead: textOf(one.last_read),
      lastWrite: textOf(one.last_write),
    }),
  )
  return { secrets, next: textOf(data?.next) }
}
