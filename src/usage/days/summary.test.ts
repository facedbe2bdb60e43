import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellOf, count, noPeople, others } from './people.ts'
import { personSums, summaryOf } from './summary.ts'

const never = { lastRead: 0, lastWrite: 0 }

test('a person counts once a mount and once a method, and those without an entity are no people', () => {
  const people = noPeople()
  const tally = { reads: 1, writes: 2, failed: 3 }
  count(people, 'alice', cellOf('one', 'jwt'), tally, { lastRead: 5, lastWrite: 0 })
  count(people, 'alice', cellOf('two', 'jwt'), tally, { lastRead: 4, lastWrite: 7 })
  count(people, '', cellOf('two', ''), tally, never)
  const { mounts, methods, ...whole } = summaryOf([people])
  assert.deepEqual(whole, { reads: 3, writes: 6, failed: 9, people: 1, more: false })
  assert.deepEqual(mounts.get('two'), { reads: 2, writes: 4, failed: 6, people: 1, more: false })
  assert.deepEqual(methods.get('jwt'), { reads: 2, writes: 4, failed: 6, people: 1, more: false })
  assert.deepEqual(
    [...personSums([people])],
    [['alice', { reads: 2, writes: 4, failed: 6, lastRead: 5, lastWrite: 7 }]],
  )
})

test('people who are not told apart make the number a lower bound', () => {
  const people = noPeople()
  count(people, others, cellOf('one', ''), { reads: 9, writes: 0, failed: 0 }, never)
  const { more, people: known, reads } = summaryOf([people])
  assert.deepEqual({ more, known, reads }, { more: true, known: 0, reads: 9 })
  assert.equal(personSums([people]).size, 0)
})
