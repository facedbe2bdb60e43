import { type Members, shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../base/json/json.ts'
import type { Random } from '../../../base/random.ts'
import type { Item, Job, Outcome } from '../operations/job.ts'
import { runJob } from '../operations/run.ts'
import { placeFor } from '../threads/cost.ts'
import type { Pool } from '../threads/pool.ts'

export const batchFields = {
  batch_input: field.any(
    'Several items, each with the fields that are otherwise sent alone; their order is kept.',
  ),
}
export const partialField = {
  partial_failure_response_code: field.integer(
    'The status when some items of a batch failed; 400 unless said.',
  ),
}

/** What the fields of an item are. */
export type ItemShape = { readonly [name in keyof Item]?: 'text' | 'number' }

const never = Symbol('wrong')

/**
 * Reads `batch_input`.
 *
 * @param needed the fields that each item must have, and what is missing without them
 * @returns undefined where none was sent
 * @throws invalid_request naming the first item and field that does not fit
 */
export function batchItems(
  sent: Json | undefined,
  shape: ItemShape,
  needed?: { readonly field: string; readonly missing: string },
): readonly Item[] | undefined {
  if (sent === undefined) return undefined
  const refuse = (what: string): never => fail('invalid_request', `failed to parse batch input: ${what}`)
  if (!Array.isArray(sent)) return refuse('it must be a list')
  if (sent.length === 0) fail('invalid_request', 'missing batch input to process')
  return sent.map((value, index) => {
    if (!isJsonObject(value)) return refuse(`[${index}] expected an object`)
    const item: Record<string, string | number> = {}
    for (const [name, kind] of Object.entries(shape)) {
      const read = fieldOf(value, name, kind)
      if (read === never)
        return refuse(`'[${index}].${name}' expected ${kind === 'text' ? 'a string' : 'a whole number'}`)
      if (read !== undefined) item[name] = read
    }
    if (needed !== undefined && item[needed.field] === undefined) {
      return refuse(`'[${index}].${needed.field}' ${needed.missing}`)
    }
    return item
  })
}

function fieldOf(
  value: JsonObject,
  name: string,
  kind: 'text' | 'number',
): string | number | undefined | typeof never {
  const read = Object.hasOwn(value, name) ? value[name] : undefined
  if (read === undefined || read === null) return undefined
  if (kind === 'text') return typeof read === 'string' ? read : never
  return typeof read === 'number' && Number.isSafeInteger(read) ? read : never
}

/** @throws invalid_request where only some items have a context: one of the two would be a mistake */
export function checkContexts(items: readonly Item[]): void {
  const has = ({ context = '' }: Item) => context !== ''
  const first = items[0]
  if (first !== undefined && items.some((item) => has(item) !== has(first))) {
    fail('invalid_request', 'context should be set either in all the request blocks or in none')
  }
}

/**
 * Does a job here, or in a thread when it is large.
 *
 * @throws invalid_request when it would keep a thread for too long; overloaded when too many wait for one
 */
export async function perform(pool: Pool, job: Job, random: Random): Promise<readonly Outcome[]> {
  const place = placeFor(job)
  if (place === 'refused') {
    fail('invalid_request', `the batch is too much work for a key of type ${job.key.type}; send it in parts`)
  }
  return place === 'thread' ? pool.run(job) : runJob(job, random)
}

/** The answer to a request without a batch. @throws invalid_request with what is wrong */
export function single(outcomes: readonly Outcome[]): Reply {
  const outcome = outcomes[0]
  if (outcome === undefined) fail('internal', 'a job without an outcome')
  return outcome.error === undefined ? { data: outcome.data } : fail('invalid_request', outcome.error)
}

/** The answer to a batch: each item's fields, or its error beside what it has where nothing came of it. */
export function several(
  items: readonly Item[],
  outcomes: readonly Outcome[],
  nothing: JsonObject = {},
): { batch_results: JsonObject[] } {
  const results = outcomes.map((outcome, i): JsonObject => {
    const own = outcome.error === undefined ? outcome.data : { ...nothing, error: outcome.error }
    return { ...own, reference: items[i]?.reference ?? '' }
  })
  return { batch_results: results }
}

/**
 * The status of a batch: 400 when an item failed, unless some did not and the client asked for another.
 */
export function batchStatus(
  context: Context,
  outcomes: readonly Outcome[],
  wanted: number | undefined,
): number {
  const failed = outcomes.filter(({ error }) => error !== undefined).length
  if (failed === 0) return 200
  if (wanted === undefined || failed === outcomes.length) return 400
  if (wanted >= 200 && wanted <= 599 && ![204, 205, 304].includes(wanted)) return wanted
  context.warn('partial_failure_response_code is no status of an answer with a body; 400 is used instead')
  return 400
}

/** The outcome of one input, or those of a batch in its order, each of which may be an error. */
export const oneOrSeveral = (outcome: Members, single: Members = {}) =>
  shape.object(
    {},
    {
      ...outcome,
      ...single,
      batch_results: shape.list(
        shape.object({}, { ...outcome, error: shape.string(), reference: shape.string('As it was sent.') }),
      ),
    },
  )
