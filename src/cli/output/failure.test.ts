import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CofferError } from '../../base/errors.ts'
import { ClientError } from '../../client/index.ts'
import { fakeIo } from '../testing/fake-io.ts'
import { explainFailure } from './failure.ts'

function told(error: unknown, failure = 2): { code: number; text: string } {
  const io = fakeIo()
  return { code: explainFailure(error, { io, doing: 'reading a', failure }), text: io.error() }
}

describe('a failure', () => {
  it('on this side is exit code 1', () => {
    assert.deepEqual(told(new CofferError('invalid_request', 'the path is empty')), {
      code: 1,
      text: 'Error: the path is empty\n',
    })
    assert.equal(told(new ClientError('invalid_argument', 'x')).code, 1)
  })

  it('on the other side is the exit code of the command', () => {
    const refused = new ClientError('status', 'denied', {
      status: 403,
      errors: ['denied'],
      method: 'GET',
      url: 'http://a/v1/b',
    })
    assert.deepEqual(told(refused), {
      code: 2,
      text: 'Error reading a:\n\nURL: GET http://a/v1/b\nCode: 403. Errors:\n\n* denied\n',
    })
    assert.equal(told(refused, 1).code, 1)
    assert.equal(told(new ClientError('unreachable', 'x')).code, 2)
  })

  it('of several addresses names each, and says when something may have been done', () => {
    const attempts = [
      { address: 'https://a', text: 'a cannot be reached (ECONNREFUSED)' },
      { address: 'https://b', text: 'the connection to b broke (ECONNRESET)' },
    ]
    assert.equal(
      told(new ClientError('broken', 'x', { attempts })).text,
      'Error reading a: none of 2 addresses could be used\n\n' +
        '* https://a: a cannot be reached (ECONNREFUSED)\n' +
        '* https://b: the connection to b broke (ECONNRESET)\n\n' +
        'The request may have been carried out.\n',
    )
    assert.doesNotMatch(told(new ClientError('unreachable', 'x', { attempts })).text, /carried out/)
  })

  it('of the system is told in its words', () => {
    const error = Object.assign(new Error('listen EADDRINUSE: address already in use'), {
      code: 'EADDRINUSE',
    })
    assert.deepEqual(told(error), {
      code: 1,
      text: `Error reading a: ${error.message}\nAnother program listens there: end it, or choose another address.\n`,
    })
  })

  it('that is a fault of ours is told by its place, not by its text', () => {
    const { code, text } = told(new TypeError('s3cret is not a function'))
    assert.equal(code, 1)
    assert.doesNotMatch(text, /s3cret/)
    assert.match(text, /please report it\n {4}at .*failure\.test\.ts/)
  })

  it('by policy tells what the token lacks and where', () => {
    const refused = (denied: { path: string; missing: string[]; by: string }) =>
      told(new ClientError('status', 'denied', { status: 403, errors: ['permission denied'], denied })).text
    for (const [denied, line] of [
      [{ path: 'kv/a', missing: ['create', 'update'], by: '' }, 'Your token lacks create or update at kv/a.'],
      [{ path: 'kv/a', missing: [], by: 'deny' }, 'A policy of your token denies kv/a.'],
      [{ path: 'kv/a', missing: [], by: 'parameters' }, 'do not allow these fields at kv/a.'],
      [{ path: 'kv/a', missing: [], by: 'wrapping' }, 'ask for another -wrap-ttl at kv/a.'],
      [{ path: 's/u/a', missing: [], by: 'owner' }, 's/u/a lies in the space of one person'],
    ] as const) {
      assert.ok(refused({ ...denied, missing: [...denied.missing] }).includes(line), line)
    }
  })
})
