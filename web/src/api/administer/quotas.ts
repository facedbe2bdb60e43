import { useQuery } from '@tanstack/react-query'
import { numberOf, textOf } from '../../../../src/client/shape.ts'
import { client } from '../client.ts'

/** How many requests are taken in a span of time. */
export type Quota = {
  readonly name: string
  /** A mount, or a path in it that may end in `*`; empty for all requests. */
  readonly path: string
  readonly rate: number
  /** Seconds. */
  readonly interval: number
  /** Seconds that whoever asked too often is refused; 0 for none. */
  readonly block: number
  /** Whether each address is counted by itself. */
  readonly byAddress: boolean
}

const root = 'sys/quotas/rate-limit'

export const useQuotas = () => useQuery({ queryKey: ['quotas'], queryFn: readQuotas })

async function readQuotas(): Promise<Quota[]> {
  const names = (await client.list(root))?.keys ?? []
  const found = await Promise.all(names.map(readQuota))
  return found.filter((quota) => quota !== undefined)
}

/** @returns undefined for one that is gone meanwhile */
async function readQuota(name: string): Promise<Quota | undefined> {
  const data = (await client.read(`${root}/${name}`))?.data
  if (data == null) return undefined
  return {
    name: textOf(data.name),
    path: textOf(data.path),
    rate: numberOf(data.rate),
    interval: numberOf(data.interval),
    block: numberOf(data.block_interval),
    byAddress: data.group_by !== 'none',
  }
}

export const pathOf = (name: string): string => `${root}/${name}`

export const bodyOf = ({ path, rate, interval, block, byAddress }: Quota) => ({
  path,
  rate,
  interval,
  block_interval: block,
  group_by: byAddress ? 'ip' : 'none',
})

export const writeQuota = (quota: Quota) => client.write(pathOf(quota.name), bodyOf(quota))

export const deleteQuota = (name: string) => client.delete(pathOf(name))
