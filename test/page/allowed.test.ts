import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allowedBy } from '../../web/src/api/allowed.ts'

describe('what the page takes a token’s policies to allow', () => {
  const rules = (glob: Record<string, string[]>, exact: Record<string, string[]> = {}) => {
    const shown = (all: Record<string, string[]>) =>
      Object.fromEntries(Object.entries(all).map(([path, capabilities]) => [path, { capabilities }]))
    return allowedBy({ root: false, glob_paths: shown(glob), exact_paths: shown(exact) })
  }

  test('is everything for root, and nothing for an answer that says nothing', () => {
    assert.equal(allowedBy({ root: true })('sys/mounts', 'read'), true)
    assert.equal(allowedBy({})('sys/mounts', 'read'), false)
  })

  test('goes by the exact path first, then by the longest beginning', () => {
    const allowed = rules({ 'kv/': ['read'], 'kv/deep/': ['deny'] }, { 'kv/deep/one': ['read', 'update'] })
    assert.equal(allowed('kv/a', 'read'), true)
    assert.equal(allowed('kv/a', 'create', 'update'), false)
    assert.equal(allowed('kv/deep/two', 'read'), false)
    assert.equal(allowed('kv/deep/one', 'update'), true)
  })

  test('takes a plus for one part of a path', () => {
    const allowed = rules({ 'kv/+/mine': ['read'] })
    assert.equal(allowed('kv/a/mine', 'read'), true)
    assert.equal(allowed('kv/a/b/mine', 'read'), false)
    assert.equal(allowed('kv//mine', 'read'), false)
    assert.equal(allowed('kv/a/mine/too', 'read'), false)
    assert.equal(allowed('kv/a/miner', 'read'), false)
    assert.equal(rules({ '+': ['list'] })('sys/policies/acl/', 'list'), false)
    assert.equal(rules({ 'kv/+/m*': ['read'] })('kv/a/mine/too', 'read'), true)
  })
})
