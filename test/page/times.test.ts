import assert from 'node:assert/strict'
import { test } from 'node:test'
import { de } from '../../web/src/texts/de/index.ts'
import { en } from '../../web/src/texts/en/index.ts'
import { localeOf, relativeTime } from '../../web/src/texts/times.ts'

const now = Date.UTC(2030, 0, 1)
const inSeconds = (seconds: number) => relativeTime(en, now + seconds * 1000, now)

test('what was made for a day, an hour or a week a moment ago is said to end in one', () => {
  assert.equal(inSeconds(86_400 - 2), 'tomorrow')
  assert.equal(inSeconds(3600 - 2), 'in 1 hour')
  assert.equal(inSeconds(7 * 86_400 - 60), 'in 7 days')
  assert.equal(inSeconds(-86_399), 'yesterday')
})

test('time that is left is not rounded up otherwise', () => {
  assert.equal(inSeconds(3600 - 60), 'in 59 minutes')
  assert.equal(inSeconds(2 * 86_400 - 3600), 'tomorrow')
  assert.equal(inSeconds(59), 'in 59 seconds')
  assert.equal(inSeconds(0), 'now')
  assert.equal(relativeTime(de, now + 7_199_000, now), 'in 2 Stunden')
})

test('dates are written as in the place that the browser names, in the language of the page', () => {
  assert.equal(localeOf(en, ['en-GB', 'en']), 'en-GB')
  assert.equal(localeOf(en, ['de-AT', 'en-IE', 'en-US']), 'en-IE')
  assert.equal(localeOf(de, ['en-GB', 'en']), 'de')
  assert.equal(localeOf(en, ['eng-GB']), 'en')
})
