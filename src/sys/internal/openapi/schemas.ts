import type { Answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { FieldSet } from '../../../backend/routes/fields.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../base/json/json.ts'

/** A declared schema in the words of OpenAPI 3.0: what may be null is `nullable`. */
export function openApiSchema(declared: object): JsonObject {
  // Declarations are JSON; what only types need is not there at run time.
  return translated(JSON.parse(JSON.stringify(declared)) as JsonObject)
}

function translated(schema: JsonObject): JsonObject {
  const { anyOf, 'x-coffer-kind': _, ...rest } = schema
  const choices = Array.isArray(anyOf) ? anyOf.filter(isJsonObject) : []
  const some = choices.filter(({ type }) => type !== 'null').map(translated)
  const [first] = some
  if (first !== undefined) {
    const nullable = some.length < choices.length ? { nullable: true } : {}
    return some.length > 1 ? { anyOf: some, ...rest, ...nullable } : { ...first, ...rest, ...nullable }
  }
  return Object.fromEntries(
    Object.entries(rest).map(([name, part]) => {
      if (name === 'properties' && isJsonObject(part)) return [name, mapped(part)]
      return [name, isJsonObject(part) && nested.includes(name) ? translated(part) : part]
    }),
  )
}

const nested = ['items', 'additionalProperties']
const mapped = (parts: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, isJsonObject(part) ? translated(part) : part]),
  )

export const objectSchema = (fields: FieldSet): JsonObject =>
  openApiSchema({ type: 'object', properties: fields })

export const ref = (name: string, kind = 'schemas'): JsonObject => ({ $ref: `#/components/${kind}/${name}` })
const orNull = (name: string): JsonObject => ({ nullable: true, allOf: [ref(name)] })

export const jsonContent = (schema: Json, type = 'application/json'): JsonObject => ({
  content: { [type]: { schema } },
})

/** What an operation answers when all is well, by its status. `schemaOf` keeps a schema under a name. */
export function responsesOf(
  answer: Answer | undefined,
  schemaOf: (schema: JsonObject) => JsonObject,
): JsonObject {
  const ok = (schema: Json, type?: string): JsonObject => ({
    '200': { description: 'OK', ...jsonContent(schema, type) },
  })
  switch (answer?.kind) {
    case 'nothing':
      return { '204': { description: 'Done' } }
    case 'data': {
      const data = schemaOf(openApiSchema(answer.shape))
      const parts = [ref('Envelope'), { type: 'object', properties: { data } }]
      return {
        ...ok({ allOf: answer.flatten === true ? [...parts, data] : parts }),
        ...(answer.mayBeEmpty === true ? { '204': { description: 'There is nothing to tell' } } : {}),
      }
    }
    case 'auth':
      return ok(ref('AuthEnvelope'))
    case 'bare':
      return ok(schemaOf(openApiSchema(answer.shape)))
    case 'raw':
      return ok({ type: 'string' }, answer.contentType)
    default:
      return ok(ref('Envelope'))
  }
}

/** What all answers are made of. */
export const sharedSchemas: JsonObject = {
  Envelope: {
    type: 'object',
    required: ['request_id', 'lease_id', 'renewable', 'lease_duration', 'wrap_info', 'warnings', 'auth'],
    properties: {
      ...mapped({
        request_id: openApiSchema(shape.string()),
        lease_id: openApiSchema(shape.string()),
        renewable: openApiSchema(shape.boolean()),
        lease_duration: openApiSchema(shape.seconds()),
        warnings: openApiSchema(shape.orNull(shape.strings())),
        mount_type: openApiSchema(shape.string()),
      }),
      data: { nullable: true },
      wrap_info: orNull('WrapInfo'),
      auth: orNull('Auth'),
    },
  },
  AuthEnvelope: {
    allOf: [ref('Envelope'), { type: 'object', required: ['auth'], properties: { auth: ref('Auth') } }],
  },
  Auth: openApiSchema(
    shape.object(
      {
        client_token: shape.secret('The token.'),
        accessor: shape.string('Names the token to those who may look it up or revoke it.'),
        policies: shape.strings(),
        token_policies: shape.strings(),
        metadata: shape.orNull(shape.texts()),
        lease_duration: shape.seconds(),
        renewable: shape.boolean(),
        entity_id: shape.string(),
        token_type: shape.oneOf(['service', 'batch']),
        orphan: shape.boolean(),
        num_uses: shape.integer('Requests that the token is good for; 0 for no limit.'),
      },
      { identity_policies: shape.strings(), mfa_requirement: shape.orNull(shape.anyObject()) },
    ),
  ),
  WrapInfo: openApiSchema(
    shape.object(
      {
        token: shape.secret('The wrapping token.'),
        accessor: shape.string(),
        ttl: shape.seconds(),
        creation_time: shape.time(),
        creation_path: shape.string(),
      },
      { wrapped_accessor: shape.string('The accessor of the token inside.') },
    ),
  ),
  Errors: openApiSchema(shape.object({ errors: shape.strings('What is wrong.') })),
}
