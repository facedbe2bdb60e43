import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Query } from '../call.ts'
import type { Client } from '../calls.ts'
import { objectOf, textOf } from '../shape.ts'

/** Days such as `2030-01-31`, in UTC, the first and the last one; absent, the server's own choice. */
export type UsageSpan = { readonly start?: string; readonly end?: string }

export type UsageApi = {
  /** Requests and people by day. */
  days(span: UsageSpan): Promise<Answer>
  /** The same by month, for the last so many. */
  months(count?: number): Promise<Answer>
  /** The same as `days` of the token's own person. */
  mine(span: UsageSpan): Promise<Answer>
  /** How often each person asked; all pages. `isLowerBound` where the server could not tell all apart. */
  people(span: UsageSpan): Promise<{ people: JsonObject[]; isLowerBound: boolean; warnings: string[] }>
  /** Secrets below a folder that nobody read for some days; all pages. */
  unused(folder: string, days?: number): Promise<{ secrets: JsonObject[]; warnings: string[] }>
}

export const usageApi = (client: Client): UsageApi => ({
  days: (span) => client.call('GET', 'sys/usage/days', { query: span }),
  months: (months) =>
    client.call('GET', 'sys/usage/months', { query: months === undefined ? {} : { months } }),
  mine: (span) => client.call('GET', 'sys/usage/mine', { query: span }),
  people: async (span) => {
    const { items, warnings, isLowerBound } = await allPages(client, 'sys/usage/people', 'people', {
      ...span,
      limit: 1000,
    })
    return { people: items, isLowerBound, warnings }
  },
  unused: async (folder, days) => {
    const query: Query = days === undefined ? {} : { days }
    const { items, warnings } = await allPages(client, `sys/usage/unused/${folder}`, 'secrets', query)
    return { secrets: items, warnings }
  },
})

/** All items of answers that say in `next` what the next one begins behind. */
async function allPages(
  client: Client,
  path: string,
  name: string,
  query: Query,
): Promise<{ items: JsonObject[]; warnings: string[]; isLowerBound: boolean }> {
  const items: JsonObject[] = []
  const warnings = new Set<string>()
  let isLowerBound = false
  for (let after = ''; ; ) {
    const more: Query = after === '' ? {} : { after }
    const answer = await client.call('GET', path, {
      query: { ...query, ...more },
      // Pages that come wrapped cannot be put together.
      wrapTtl: '',
    })
    const page = answer.data?.[name] ?? null
    if (Array.isArray(page)) items.push(...page.map(objectOf))
    for (const text of answer.warnings) warnings.add(text)
    isLowerBound ||= answer.data?.people_is_lower_bound === true
    const next = textOf(answer.data?.next)
    if (next === '' || next === after) return { items, warnings: [...warnings], isLowerBound }
    after = next
  }
}
