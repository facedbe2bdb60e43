import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StorageKey, Version } from '../storage/store.ts'
import { createRecordCache } from './cache.ts'

const capacity = 100_000
const key = (i: number) => `row/${i}` as StorageKey
const row = (bytes: number) => ({ version: 'v1' as Version, record: {}, bytes })

describe('the cache of opened rows', () => {
  it('keeps a row that is used while others come and go', () => {
    const cache = createRecordCache(capacity)
    cache.set(key(0), row(100))
    for (let i = 1; i <= 1000; i++) {
      cache.set(key(i), row(100))
      assert.notEqual(cache.get(key(0)), undefined, `after ${i} rows`)
    }
    assert.equal(cache.get(key(1)), undefined)
    assert.notEqual(cache.get(key(1000)), undefined)
  })
  it('never holds more than its capacity', () => {
    const cache = createRecordCache(capacity)
    for (let i = 0; i < 1000; i++) {
      cache.set(key(i), row(i * 7))
      assert.ok(cache.bytes <= capacity)
    }
  })
  it('does not keep a row that would push out many', () => {
    const cache = createRecordCache(capacity)
    cache.set(key(0), row(100))
    cache.set(key(0), row(capacity / 8))
    assert.equal(cache.get(key(0)), undefined, 'nor what was there before')
    assert.equal(cache.bytes, 0)
  })
  it('counts what it holds', () => {
    const cache = createRecordCache(capacity)
    cache.set(key(0), row(100))
    cache.set(key(0), row(200))
    cache.delete(key(0))
    cache.delete(key(0))
    assert.equal(cache.bytes, 0)
  })
})
