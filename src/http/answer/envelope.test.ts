import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { type JsonObject, parseJson, parseRecord } from '../../base/json/json.ts'
import { encodeReply, encodeSorted } from './envelope.ts'

const id = '11111111-2222-4333-8444-555555555555'
const text = (reply: Reply) => encodeReply(id, reply).body
const around = (data: string, tail = '"wrap_info":null,"warnings":null,"auth":null') =>
  `{"request_id":"${id}","lease_id":"","renewable":false,"lease_duration":0,"data":${data},${tail}}\n`

describe('the envelope', () => {
  test('has its fields in the order of the API, and data sorted', () => {
    assert.equal(text({ data: { b: 1, a: { d: null, c: true } } }), around('{"a":{"c":true,"d":null},"b":1}'))
    assert.equal(text({ data: null }), around('null'))
    assert.equal(text({ data: { '10': 1, '9': 2, '': 3 } }), around('{"":3,"10":1,"9":2}'))
  })

  test('carries a lease, warnings and the type of the mount', () => {
    assert.equal(
      text({
        data: {},
        leaseId: 'a/"b"',
        renewable: true,
        leaseDuration: 60,
        warnings: ['w'],
        mountType: 'kv',
      }),
      `{"request_id":"${id}","lease_id":"a/\\"b\\"","renewable":true,"lease_duration":60,"data":{},"wrap_info":null,` +
        `"warnings":["w"],"auth":null,"mount_type":"kv"}\n`,
    )
    assert.equal(text({ data: {}, warnings: [] }), around('{}'))
    assert.equal(text({ warnings: ['w'] }), around('null', '"wrap_info":null,"warnings":["w"],"auth":null'))
  })

  test('splices encoded JSON as it is', () => {
    assert.equal(
      text({ data: new EncodedJson('{"z":1.50,"a":12345678901234567890}') }),
      around('{"z":1.50,"a":12345678901234567890}'),
    )
  })

  test('escapes what a browser could take for markup, in encoded JSON too', () => {
    const escaped = around('{"\\u003ca":"\\u0026\\u003e\\u2028"}')
    assert.equal(text({ data: { '<a': '&>\u2028' } }), escaped)
    assert.equal(text({ data: new EncodedJson('{"<a":"&>\u2028"}') }), escaped)
  })

  test('of a login has the token and no data', () => {
    const auth = {
      num_uses: 0,
      client_token: 'hvs.x',
      accessor: 'acc',
      policies: ['default', 'p'],
      token_policies: ['default'],
      identity_policies: ['p'],
      metadata: { b: '1' },
      lease_duration: 60,
      renewable: true,
      entity_id: 'e',
      token_type: 'service',
      orphan: true,
      mfa_requirement: null,
    } as const
    assert.equal(
      text({ auth }),
      around(
        'null',
        '"wrap_info":null,"warnings":null,"auth":{"client_token":"hvs.x","accessor":"acc","policies":["default","p"],' +
          '"token_policies":["default"],"identity_policies":["p"],"metadata":{"b":"1"},"lease_duration":60,"renewable":true,' +
          '"entity_id":"e","token_type":"service","orphan":true,"mfa_requirement":null,"num_uses":0}',
      ),
    )
  })

  test('that is wrapped shows neither data nor the id of the request', () => {
    const wrap = { token: 'hvs.w', accessor: 'a', ttl: 60, creation_time: 't', creation_path: 'p' }
    assert.equal(
      text({ wrap, data: { secret: 1 } }),
      '{"request_id":"","lease_id":"","renewable":false,"lease_duration":0,"data":null,"wrap_info":{"token":"hvs.w",' +
        '"accessor":"a","ttl":60,"creation_time":"t","creation_path":"p"},"warnings":null,"auth":null}\n',
    )
  })

  test('repeats the fields of data at the top where that is asked for, and never its own', () => {
    for (const data of [
      { y: 2, x: { b: 1 }, auth: 'mine' },
      new EncodedJson('{"y":2,"x":{"b":1},"auth":"mine"}'),
    ]) {
      const body = String(text({ data, flatten: true }))
      assert.ok(body.startsWith(`{"x":{"b":1},"y":2,"request_id":`))
      assert.equal((JSON.parse(body) as JsonObject).auth, null)
    }
    assert.equal(text({ data: null, flatten: true }), around('null'))
  })

  test('is left out where the answer is bare or raw', () => {
    assert.deepEqual(encodeReply(id, { bare: { b: 1, a: '<' }, status: 503 }), {
      status: 503,
      contentType: 'application/json',
      body: '{"b":1,"a":"\\u003c"}\n',
    })
    assert.deepEqual(encodeReply(id, { raw: { contentType: 'text/plain', body: '<x>' } }), {
      status: 200,
      contentType: 'text/plain',
      body: '<x>',
    })
  })

  test('is not there when nothing is answered: 204, or the status alone', () => {
    assert.deepEqual(encodeReply(id, {}), { status: 204, contentType: 'application/json', body: undefined })
    assert.equal(encodeReply(id, { status: 404 }).status, 404)
    assert.equal(encodeReply(id, { status: 404 }).body, undefined)
  })

  test('holds any value so that parsing gives it back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        // What JSON can say of it: a negative zero has no spelling of its own.
        const json = JSON.stringify(value)
        const data = parseJson(json) as JsonObject
        for (const sent of [data, new EncodedJson(json)]) {
          const body = parseRecord(String(text({ data: sent }))) as JsonObject
          assert.deepEqual(body.data, parseRecord(json))
        }
        assert.equal(encodeSorted(data), encodeSorted(parseJson(encodeSorted(data))))
      }),
    )
  })
})
