import { isJsonObject, type Json } from '../../../../src/base/json/json.ts'
import type { Field } from '../../api/description/fields.ts'
import type { Operation } from '../../api/description/operations.ts'
import { filledPath, queryOf, type Sent } from '../../api/description/sent.ts'
import { type Action, type Fields, type Said, unsaid } from '../command/action.ts'

/** What is sent as commands, without what is secret in it. */
export function actionOf(operation: Operation, { parameters, query, body }: Sent): Action {
  const { method, takesAny } = operation
  const path = filledPath(operation, parameters)
  const asked = queryOf(query)
  const said: Fields = Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      saidOf(
        operation.body.find((field) => field.name === name),
        value,
        takesAny,
      ),
    ]),
  )
  const writes = method === 'POST' || method === 'PATCH'
  return {
    request: {
      method,
      path,
      ...(Object.keys(asked).length > 0 && { query: asked }),
      ...(writes && (Object.keys(said).length > 0 || method === 'PATCH') && { body: said }),
    },
  }
}

function saidOf(field: Field | undefined, value: Json, takesAny: boolean): Said {
  if (field?.kind === 'secret') return unsaid
  // What is inside of it nobody declared: that may be what people store.
  const isOpen = field === undefined ? takesAny : field.kind === 'json' || field.kind === 'any'
  return isOpen ? withoutTexts(value) : value
}

function withoutTexts(value: Json): Said {
  if (typeof value === 'string' || typeof value === 'number') return unsaid
  if (Array.isArray(value)) return value.map(withoutTexts)
  return isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutTexts(one)]))
    : value
}
