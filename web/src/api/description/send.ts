import type { Answer } from '../../../../src/client/answer.ts'
import { client } from '../client.ts'
import type { Operation } from './operations.ts'
import { filledPath, queryOf, type Sent } from './sent.ts'

const mergePatch = 'application/merge-patch+json'

/** Sends it with what the session may do. @throws ClientError */
export function send(operation: Operation, { parameters, query, body }: Sent): Promise<Answer> {
  const { method } = operation
  const path = filledPath(operation, parameters)
  const asked = queryOf(query)
  switch (method) {
    case 'LIST':
      return client.call('GET', path, { query: { ...asked, list: true } })
    case 'GET':
    case 'DELETE':
      return client.call(method, path, { query: asked })
    case 'PATCH':
      return client.call(method, path, { body, contentType: mergePatch })
    case 'POST':
      return client.call(method, path, { body, query: asked })
  }
}
