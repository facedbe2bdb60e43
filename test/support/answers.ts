import { Compile, type Validator } from 'typebox/schema'
import { type Answer, type Asked, answerOf, askedBy } from '../../src/backend/answers/answer.ts'
import type { Reply, RequestHandler, Trail } from '../../src/backend/message.ts'
import { installedRoutes } from './routes.ts'

/**
 * Holds what a server answers to what its routes declare.
 *
 * @param tell hears of every answer that holds what is not declared, lacks what is, or has another type
 */
export function checked(handler: RequestHandler, tell: (problem: string) => void): RequestHandler {
  return async (request) => {
    const trail: Trail = request.trail ?? { route: 'none', mountType: 'none', operation: 'none' }
    const reply = await handler({ ...request, trail })
    const { route, operation } = trail
    if (operation === 'none' || route === 'none' || reply.wrap !== undefined) return reply
    const asked = askedBy[operation]
    const problem = problemOf(route, asked, reply)
    if (problem !== undefined) tell(`${asked} ${route}: ${problem}`)
    return reply
  }
}

/** What is wrong with an answer, or undefined. */
export function problemOf(route: string, asked: Asked, reply: Reply): string | undefined {
  const declared = declaredAnswers().get(`${route} ${asked}`)
  if (declared === undefined) return undefined
  // Two versions of KV have answers of their own at one pattern: either may fit.
  const problems = declared.map((answer) => misfit(answer, reply))
  return problems.includes(undefined) ? undefined : problems.join('; ')
}

let known: Map<string, Answer[]> | undefined

/** The answers of all routes, under what the trail of a request tells. What is missing is not declared. */
export function declaredAnswers(): ReadonlyMap<string, readonly Answer[]> {
  if (known !== undefined) return known
  known = new Map()
  for (const { label, route, asked } of installedRoutes()) {
    const answer = answerOf(route, asked)
    if (answer === undefined) continue
    const key = `${label} ${asked}`
    known.set(key, [...(known.get(key) ?? []), answer])
  }
  return known
}

const partsOf = (reply: Reply): string =>
  (['data', 'auth', 'bare', 'raw'] as const).filter((part) => (reply[part] ?? null) !== null).join(', ') ||
  'nothing'

function misfit(answer: Answer, reply: Reply): string | undefined {
  const parts = partsOf(reply)
  const refused = reply.status !== undefined && reply.status >= 400
  // What a refusal tells is not the answer that was asked for; where the node stands has its own statuses.
  if (refused && answer.kind !== 'refusal' && answer.kind !== 'bare') return undefined
  const only = (wanted: string) => (parts === wanted ? undefined : `answered ${parts}, not ${wanted}`)
  switch (answer.kind) {
    case 'other':
      return undefined
    case 'nothing':
      return only('nothing')
    case 'refusal':
      return refused ? only('nothing') : 'did not refuse'
    case 'auth':
      return only('auth')
    case 'raw':
      return (
        only('raw') ??
        (reply.raw?.contentType.startsWith(answer.contentType) ? undefined : 'is of another type')
      )
    case 'bare':
      return only('bare') ?? misshapen(answer, reply.bare)
    case 'data':
      if (parts === 'nothing' && answer.mayBeEmpty === true) return undefined
      if ((reply.flatten === true) !== (answer.flatten === true))
        return 'is flattened or not, unlike declared'
      return only('data') ?? misshapen(answer, reply.data)
  }
}

const validators = new WeakMap<object, Validator>()

function misshapen(answer: Answer & { readonly shape: object }, value: unknown): string | undefined {
  let validator = validators.get(answer)
  if (validator === undefined) {
    // What the declarations are made of is JSON.
    validator = Compile(closed(JSON.parse(JSON.stringify(answer.shape)) as object) as object)
    validators.set(answer, validator)
  }
  // As clients see it: encoded text, what is undefined left out.
  const seen: unknown = JSON.parse(JSON.stringify(value))
  if (validator.Check(seen)) return undefined
  const errors = validator.Errors(seen)[1] as readonly {
    instancePath?: string
    message?: string
    params?: object
  }[]
  return errors
    .map(
      ({ instancePath = '', message = '', params = {} }) =>
        `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
    .join('; ')
}

/** An object has no members but those that are declared; clients are not told so, since later versions add some. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.entries(schema).map(([name, part]) => [name, closed(part)])
  return { ...Object.fromEntries(parts), ...('properties' in schema ? { additionalProperties: false } : {}) }
}
