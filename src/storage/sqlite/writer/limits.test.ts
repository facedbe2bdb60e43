import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure } from '../../../base/errors.ts'
import type { StorageKey } from '../../store.ts'
import { checkCommit, limits, sizeOf } from './limits.ts'

const key = (text: string) => text as StorageKey

describe('the size of a commit', () => {
  test('is that of all its keys and values', () => {
    const commit = {
      expect: [{ key: key('é'), version: null }],
      expectEmpty: ['abc/'],
      put: [{ key: key('k'), value: Buffer.alloc(10) }],
      delete: [key('xyz')],
    }
    assert.equal(sizeOf(commit), 2 + 4 + 11 + 3)
    assert.equal(sizeOf({}), 0)
  })

  test('is bounded, whatever makes it up', () => {
    const long = key('x'.repeat(20_000))
    const many = <T>(item: T): T[] => Array.from({ length: limits.keysPerCommit }, () => item)
    for (const commit of [
      { expect: many({ key: long, version: null }) },
      { expectEmpty: many(`${long}/`) },
      { delete: many(long) },
    ]) {
      assert.throws(
        () => checkCommit(commit),
        (error) => isFailure(error, 'storage_limit'),
      )
    }
  })
})
