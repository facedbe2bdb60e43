import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorTable } from '../../base/error-table.ts'
import { CofferError, errorCodes } from '../../base/errors.ts'
import { encodeFailure, encodeSurprise } from './errors.ts'

const answer = (code: (typeof errorCodes)[number], text?: string, data?: Record<string, unknown>) => {
  const { status, body } = encodeFailure(new CofferError(code, text, data === undefined ? {} : { data }))
  return `${status} ${String(body)}`
}

describe('the answer to an error', () => {
  test('is settled for every code, and for no other', () => {
    assert.deepEqual(Object.keys(errorTable).sort(), [...errorCodes].sort())
    for (const code of errorCodes) {
      const { status, contentType, body } = encodeFailure(new CofferError(code))
      assert.ok(status >= 400 && status < 600, code)
      if (contentType === 'application/json') assert.ok(Array.isArray(JSON.parse(String(body)).errors), code)
    }
  })

  test('has the text, plain or wrapped', () => {
    assert.equal(answer('invalid_request', 'missing <x>'), '400 {"errors":["missing \\u003cx\\u003e"]}\n')
  })

  test('has the texts that clients match on', () => {
    for (const [code, expected] of [
      ['permission_denied', '403 {"errors":["permission denied"]}\n'],
      ['policy_denied', '403 {"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}\n'],
      ['bad_token', '403 {"errors":["bad token"]}\n'],
      ['sealed', '503 {"errors":["Vault is sealed"]}\n'],
      ['not_initialized', '503 {"errors":["Vault is sealed: it is not initialized yet"]}\n'],
      ['not_found', '404 {"errors":[]}\n'],
      ['invalid_request', '400 {"errors":[]}\n'],
      ['method_not_allowed', '405 {"errors":[]}\n'],
      ['unsupported_operation', '405 {"errors":["1 error occurred:\\n\\t* unsupported operation\\n\\n"]}\n'],
      ['unsupported_path', '404 {"errors":["1 error occurred:\\n\\t* unsupported path\\n\\n"]}\n'],
      ['too_large', '413 {"errors":["http: request body too large"]}\n'],
      ['malformed_path', '400 400 Bad Request'],
      ['not_acceptable_path', '400 undefined'],
    ] as const) {
      assert.equal(answer(code), expected)
    }
    assert.equal(
      answer('no_handler', 'none/a "b'),
      '404 {"errors":["no handler for route \\"none/a \\\\\\"b\\". route entry not found."]}\n',
    )
    assert.equal(answer('not_found', 'namespace not found'), '404 {"errors":["namespace not found"]}\n')
  })

  test('carries data beside the errors', () => {
    assert.equal(
      answer('invalid_request', 'x', { b: [1], a: '&' }),
      '400 {"errors":["x"],"data":{"a":"\\u0026","b":[1]}}\n',
    )
  })

  test('says when to try again where trying again helps', () => {
    for (const code of ['overloaded', 'stopping', 'conflict', 'rate_limited'] as const) {
      assert.ok((encodeFailure(new CofferError(code)).retryAfter ?? 0) > 0, code)
    }
    assert.equal(encodeFailure(new CofferError('sealed')).retryAfter, undefined)
  })

  test('that nobody raised on purpose tells where in the log it stands, and nothing else', () => {
    assert.deepEqual(encodeSurprise('an-id'), {
      status: 500,
      contentType: 'application/json',
      body: '{"errors":["internal error (log id an-id)"]}\n',
      retryAfter: undefined,
    })
  })
})
