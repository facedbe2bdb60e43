import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fieldsOf, helpFor, operationsOf } from './document.ts'

const get = { get: { summary: 'Read.' } }
const document = {
  paths: {
    '/secret/{path}': get,
    '/secret/data/{path}': get,
    '/secret/data': get,
    '/sys/mounts': get,
    '/sys/mounts/{path}': get,
    '/sys/mounts/{path}/tune': get,
  },
}

describe('the help for a path', () => {
  const at = (path: string) => helpFor(document, path).at?.path
  it('is of the description that spells out most of it', () => {
    assert.equal(at('secret/data/app'), 'secret/data/{path}')
    assert.equal(at('secret/data'), 'secret/data')
    assert.equal(at('secret/app/data/x'), 'secret/{path}')
    assert.equal(at('sys/mounts/team/tune'), 'sys/mounts/{path}/tune')
    assert.equal(at('sys/mounts/team/other'), 'sys/mounts/{path}')
  })
  it('is nothing where no description fits', () => {
    assert.equal(at('sys/other'), undefined)
    assert.equal(at('secret'), undefined)
    assert.deepEqual(helpFor({ paths: [1] }, 'sys').below, [])
  })
  it('has what lies below the path, in order', () => {
    const below = (path: string) => helpFor(document, path).below.map((one) => one.path)
    assert.deepEqual(below('secret'), ['secret/data', 'secret/data/{path}', 'secret/{path}'])
    assert.deepEqual(below('sys/mounts'), ['sys/mounts/{path}', 'sys/mounts/{path}/tune'])
    assert.deepEqual(below('sys/mounts/team/tune'), [])
  })
})

describe('what is described', () => {
  const list = { name: 'list', required: true, schema: { type: 'string' } }
  const item = {
    get: { summary: 'List.', parameters: [list, { name: 'id', in: 'path' }] },
    post: {
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Role' } } } },
    },
  }
  const schemas = { Role: { properties: { ttl: { type: 'integer', description: 'How long.' } } } }
  it('is told by the words of policies', () => {
    assert.deepEqual(operationsOf({ path: 'a', item }), [
      ['list', 'List.'],
      ['write', ''],
    ])
  })
  it('has fields, also where their description lies elsewhere in the document', () => {
    assert.deepEqual(fieldsOf({ components: { schemas } }, { path: 'a', item }), [
      ['list (string)', ''],
      ['ttl (integer)', 'How long.'],
    ])
    const body = { content: { 'application/json': { schema: { $ref: '#/components/schemas/toString' } } } }
    assert.deepEqual(fieldsOf({}, { path: 'a', item: { post: { requestBody: body } } }), [])
  })
})
