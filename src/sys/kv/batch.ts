import { answer as answers } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Answered, SystemContext } from '../../backend/context.ts'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { describeFailure } from '../../base/error-table.ts'
import { CofferError, fail, isFailure } from '../../base/errors.ts'
import { type Json, type JsonObject, parseOwnJson } from '../../base/json/json.ts'
import { type Asked, readAsked } from './asked.ts'

export const mostRequests = 1000
/** Characters of all answers of a batch together. */
export const mostAnswered = 16 * 1024 * 1024

const fields = {
  requests: field.any(
    `At most ${mostRequests} objects, each with "operation" (read, write, patch, delete, list or scan), "path" and "data".`,
    { type: 'array', maxItems: mostRequests, items: {} },
  ),
  atomic: field.boolean('All or nothing: the first request that is refused refuses all.'),
}

async function update(
  context: SystemContext,
  { requests, atomic = false }: FieldValues<typeof fields>,
): Promise<Reply> {
  if (!Array.isArray(requests) || requests.length === 0) {
    fail('invalid_request', '"requests" must be a list of requests')
  }
  const results = atomic ? await together(context, requests) : await apart(context, requests)
  return { data: { atomic, results } }
}

/** Each for itself, in order. */
async function apart(context: SystemContext, requests: readonly Json[]): Promise<JsonObject[]> {
  const results: JsonObject[] = []
  let size = 0
  for (const item of requests) {
    const outcome = await outcomeOf(context, item, size)
    results.push(outcome)
    size += JSON.stringify(outcome).length
  }
  return results
}

async function outcomeOf(context: SystemContext, item: Json, size: number): Promise<JsonObject> {
  let asked: Asked | undefined
  try {
    asked = readAsked(item)
    if (size > mostAnswered) tooLarge()
    const reply = await context.subrequests.each(asked.request)
    return reply instanceof CofferError ? refusal(asked, reply) : answer(asked, reply)
  } catch (error) {
    if (!isFailure(error)) throw error
    return refusal(asked, error)
  }
}

/** @throws what the first refusal says, with the number of the request */
async function together(context: SystemContext, requests: readonly Json[]): Promise<JsonObject[]> {
  const asked = requests.map((item, i) => numbered(i, () => readAsked(item)))
  const results: JsonObject[] = []
  let size = 0
  for (const [i, one] of asked.entries()) {
    const result = await numbered(i, async () => {
      if (size > mostAnswered) tooLarge()
      return answer(one, await context.subrequests.within(one.request))
    })
    results.push(result)
    size += JSON.stringify(result).length
  }
  return results
}

const tooLarge = () =>
  fail('too_large', `the answers are larger than ${mostAnswered} bytes together; ask for the rest apart`)

/** Puts in front of a refusal which request it is about. */
function numbered<T>(i: number, work: () => T): T {
  try {
    const result = work()
    return result instanceof Promise ? (result.catch((error) => refuse(i, error)) as T) : result
  } catch (error) {
    return refuse(i, error)
  }
}

function refuse(i: number, error: unknown): never {
  if (!isFailure(error)) throw error
  const { code, denied } = error
  const [said = code.replaceAll('_', ' ')] = describeFailure(error).errors
  const data = { request: i }
  const text = `nothing was done, because of request ${i}: ${plain(said)}`
  throw new CofferError(code, text, { data, cause: error, ...(denied === undefined ? {} : { denied }) })
}

/** Without the frame that some texts have. */
const plain = (text: string) => text.replace(/^1 error occurred:\n\t\* /, '').trimEnd()

function answer({ operation, request }: Asked, { status, data, warnings }: Answered): JsonObject {
  const content = data instanceof EncodedJson ? parseOwnJson(data.text) : (data ?? null)
  return {
    operation,
    path: request.path,
    status: status ?? (content === null && warnings === undefined ? 204 : 200),
    data: content,
    errors: [],
    ...(warnings === undefined ? {} : { warnings: [...warnings] }),
  }
}

function refusal(asked: Asked | undefined, error: CofferError): JsonObject {
  const { status, errors } = describeFailure(error)
  const { denied } = error
  return {
    ...(asked === undefined ? {} : { operation: asked.operation, path: asked.request.path }),
    status,
    data: null,
    errors,
    ...(denied === undefined ? {} : { denied: { ...denied, missing: [...denied.missing] } }),
  }
}

/** Of what is no request, neither operation nor path is known. */
const resultShape = shape.object(
  {
    status: shape.integer('As the request would have alone.'),
    data: shape.any('The data that the request would have alone.'),
    errors: shape.strings(),
  },
  {
    operation: shape.string(),
    path: shape.string(),
    warnings: shape.strings(),
    denied: shape.object(
      { path: shape.string(), missing: shape.strings() },
      { by: shape.string('What refused it, where no capability would help.') },
    ),
  },
)

export const batchRoute = systemRoute({
  path: 'kv/batch',
  summary: 'Read, write, patch, delete and list many secrets in one request.',
  description:
    'Each request is what it is by itself: the same policies, the same owner guard, the same lines in the audit log. ' +
    'The answer has one result for each, in order, with its status and errors. With `atomic` all of them land in one ' +
    'commit or none, and the first refusal refuses all; lists in it do not see what the others write.',
  fields,
  answers: {
    write: answers.data(shape.object({ atomic: shape.boolean(), results: shape.list(resultShape) })),
  },
  operations: { update },
})
