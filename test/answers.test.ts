import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Reply } from '../src/backend/message.ts'
import type { JsonObject } from '../src/base/json/json.ts'
import { problemOf } from './support/answers.ts'

describe('an answer', () => {
  const time = '2026-01-31T12:00:00Z'
  const version = {
    created_time: time,
    custom_metadata: null,
    deletion_time: '',
    destroyed: false,
    version: 1,
  }
  const read = (data: JsonObject) => problemOf('kv/data/{path+}', 'read', { data })

  it('is as it is declared', () => {
    assert.equal(read({ data: { any: ['thing', 1] }, metadata: version }), undefined)
    assert.equal(read({ data: null, metadata: { ...version, custom_metadata: { a: 'b' } } }), undefined)
  })

  it('holds nothing that is not declared, however deep', () => {
    assert.match(read({ data: null, metadata: version, more: 1 }) ?? '', /more/)
    assert.match(read({ data: null, metadata: { ...version, more: 1 } }) ?? '', /metadata.*more/)
  })

  it('lacks nothing that is declared', () => {
    assert.match(read({ data: null }) ?? '', /metadata/)
  })

  it('has the declared types', () => {
    assert.match(read({ data: null, metadata: { ...version, version: '1' } }) ?? '', /version/)
    assert.match(read({ data: null, metadata: { ...version, created_time: 'today' } }) ?? '', /created_time/)
    assert.match(read({ data: [], metadata: version }) ?? '', /data/)
  })

  it('is in the declared part of the envelope', () => {
    const data = { data: null, metadata: version }
    const problem = (reply: Reply) => problemOf('kv/data/{path+}', 'read', reply)
    assert.match(problem({ bare: data }) ?? '', /answered bare/)
    assert.match(problem({ data, flatten: true }) ?? '', /flattened/)
    assert.match(problem({}) ?? '', /answered nothing/)
    assert.match(problemOf('kv/data/{path+}', 'delete', { data }) ?? '', /answered data/)
    assert.equal(problemOf('kv/data/{path+}', 'delete', { warnings: ['w'] }), undefined)
    assert.match(problemOf('auth/userpass/login/{username}', 'write', { data }) ?? '', /answered data/)
    assert.match(problemOf('sys/quotas/lease-count/{name}', 'read', { data }) ?? '', /did not refuse/)
  })
})
