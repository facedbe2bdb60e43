import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test } from 'node:test'
import type { ApiRequest } from '../backend/message.ts'
import { startHttp } from './server.ts'

describe('the HTTP server', () => {
  test('turns a request into verb, path, fields and token, and the reply into an envelope', async (t) => {
    const seen: ApiRequest[] = []
    const server = await startHttp({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback' }],
      handler: async (asked) => {
        seen.push(asked)
        return { data: { b: 1, a: 'x' } }
      },
    })
    t.after(() => server.stop(0))
    const { port } = server.addresses[0] as { port: number }
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const headers = { 'x-vault-token': 'hvs.t', 'content-type': 'application/json' }
      const sent = request({ port, method: 'PUT', path: '/v1/secret/a%20b', headers }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          body += part
        })
        response.on('end', () => resolve({ status: response.statusCode, body }))
      })
      sent.on('error', reject).end('{"k":1}')
    })
    assert.equal(answer.status, 200)
    assert.match(
      answer.body,
      /^\{"request_id":"[0-9a-f-]{36}","lease_id":"".*"data":\{"a":"x","b":1\}.*\}\n$/,
    )
    const [asked] = seen
    assert.equal(asked?.verb, 'write')
    assert.equal(asked?.path, 'secret/a b')
    assert.deepEqual(asked?.fields, { k: 1 })
    assert.equal(asked?.token, 'hvs.t')
    assert.equal(asked?.remote.address, '127.0.0.1')
  })
})
