import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ClientError, type ClientErrorReason } from '../error.ts'
import type { Outgoing } from './outgoing.ts'
import { isOfOneNode, isRepeatable } from './repeatable.ts'
import { sendToNodes } from './send.ts'
import { retryAfter } from './verdict.ts'

/** How one try ends: with an error, with a status, or `status Retry-After text`. */
type End = ClientErrorReason | 'ok' | `${number}` | `${number} ${number | '-'} ${string}`

type Told = {
  /** The hosts that were asked, and how it ended. */
  readonly tries: string[]
  readonly pauses: number[]
  readonly error: ClientError | undefined
}

/** What is sent where, when each try ends in the next of these ways and takes no time. */
async function told(request: Partial<Outgoing>, ends: End[], hosts: string[], calls = 1): Promise<Told> {
  const tries: string[] = []
  const pauses: number[] = []
  let time = 0
  let error: ClientError | undefined
  const send = sendToNodes(
    {
      send: async ({ url }) => {
        tries.push(url.host)
        const end = ends.shift() ?? 'ok'
        const [, status, after, text] = /^(\d+)(?: (\S+) (.*))?$/.exec(end) ?? []
        if (end !== 'ok' && status === undefined) throw new ClientError(end as ClientErrorReason, end) // no status: a reason
        return {
          status: Number(status ?? 200),
          headers: after === undefined || after === '-' ? {} : { 'retry-after': after },
          body: text === undefined ? '' : JSON.stringify({ errors: [text] }),
        }
      },
      close: () => {},
    },
    hosts.map((host) => new URL(`http://${host}`)),
    { retries: 2, delay: 100, timeout: 60_000, connectTimeout: 1, attemptTimeout: 1 },
    {
      elapsed: () => time,
      now: () => 0,
      random: () => 1,
      pause: async (span) => {
        pauses.push(span)
        time += span
      },
    },
  )
  for (let call = 0; call < calls; call++) {
    const whole = { method: 'GET', path: '/v1/x', headers: {}, body: undefined, ...request }
    await send(whole).then(
      ({ wire }) => tries.push(String(wire.status)),
      (thrown: ClientError) => {
        error = thrown
        tries.push(thrown.reason)
      },
    )
  }
  return { tries, pauses, error }
}

const tries = async (method: string, ends: End[], hosts: string[], calls?: number) =>
  (await told({ method }, ends, hosts, calls)).tries

describe('requests to several nodes', () => {
  it('repeat what may be repeated, as often as told, and wait longer each time', async () => {
    const { tries: sent, pauses } = await told({}, ['unreachable', 'unreachable'], ['a'])
    assert.deepEqual(sent, ['a', 'a', 'a', '200'])
    assert.deepEqual(pauses, [100, 200])
    assert.deepEqual(await tries('DELETE', ['broken'], ['a']), ['a', 'a', '200'])
    const down = Array<End>(9).fill('unreachable')
    assert.deepEqual(await tries('GET', down, ['a']), ['a', 'a', 'a', 'unreachable'])
  })

  it('try every address in turn', async () => {
    const ends: End[] = ['unreachable', 'unreachable', 'unreachable']
    assert.deepEqual(await tries('GET', ends, ['a', 'b']), ['a', 'b', 'a', 'b', '200'])
  })

  it('stay with the address that answered', async () => {
    assert.deepEqual(await tries('GET', ['unreachable'], ['a', 'b'], 2), ['a', 'b', '200', 'b', '200'])
  })

  it('never repeat a write, which still goes to the address that takes it', async () => {
    assert.deepEqual(await tries('POST', ['unreachable'], ['a']), ['a', 'unreachable'])
    assert.deepEqual(await tries('POST', ['unreachable'], ['a', 'b']), ['a', 'b', '200'])
    for (const reason of ['broken', 'timeout'] as const) {
      assert.deepEqual(await tries('POST', [reason], ['a', 'b']), ['a', reason])
    }
  })

  it('repeat what may have arrived only if that has the same effect', async () => {
    for (const reason of ['broken', 'timeout'] as const) {
      assert.deepEqual(await tries('GET', [reason], ['a', 'b']), ['a', 'b', '200'])
      const declared = await told({ method: 'POST', repeatable: true }, [reason], ['a', 'b'])
      assert.deepEqual(declared.tries, ['a', 'b', '200'])
      const wrapped = await told({ headers: { 'x-vault-wrap-ttl': '60' } }, [reason], ['a', 'b'])
      assert.deepEqual(wrapped.tries, ['a', reason])
      const counted = await told({ repeatable: false }, [reason], ['a', 'b'])
      assert.deepEqual(counted.tries, ['a', reason])
    }
  })

  it('go elsewhere when TLS is not good, and do not wait for it', async () => {
    assert.deepEqual(await tries('POST', ['tls'], ['a', 'b']), ['a', 'b', '200'])
    assert.deepEqual(await tries('GET', ['tls', 'tls'], ['a', 'b']), ['a', 'b', 'tls'])
  })

  it('take an answer that is wrong as it is', async () => {
    assert.deepEqual(await tries('GET', ['bad_answer'], ['a', 'b']), ['a', 'bad_answer'])
    for (const status of ['400', '403', '404', '412', '429', '501'] as const) {
      assert.deepEqual(await tries('GET', [status], ['a', 'b']), ['a', status])
    }
  })

  it('go elsewhere when a node is sealed or stopping, writes as well', async () => {
    for (const text of ['Vault is sealed', 'the server is stopping']) {
      assert.deepEqual(await tries('POST', [`503 - ${text}`], ['a', 'b']), ['a', 'b', '200'])
    }
    assert.deepEqual(await tries('POST', ['503 1 the server is busy'], ['a', 'b']), ['a', '503'])
    assert.deepEqual(await tries('GET', ['500'], ['a', 'b']), ['a', 'b', '200'])
    assert.deepEqual(await tries('GET', ['500', '500'], ['a', 'b']), ['a', 'b', '500'])
  })

  it('ask no other node about the seal of one', async () => {
    const { tries: sent } = await told({ path: '/v1/sys/health' }, ['503 1 Vault is sealed'], ['a', 'b'])
    assert.deepEqual(sent, ['a', '503'])
  })

  it('come again when the server says, unless that is too long', async () => {
    const busy = await told({}, ['503 2 the server is busy'], ['a'])
    assert.deepEqual([busy.tries, busy.pauses], [['a', 'a', '200'], [2000]])
    const later = await told({}, ['503 11 the server is busy'], ['a'])
    assert.deepEqual([later.tries, later.pauses], [['a', '503'], []])
    const limited = await told({ method: 'POST' }, ['429 1 rate limit'], ['a', 'b'])
    assert.deepEqual([limited.tries, limited.pauses], [['a', 'a', '200'], [1000]])
    const stopping = await told({ method: 'POST' }, ['503 1 the server is stopping'], ['a'])
    assert.deepEqual([stopping.tries, stopping.pauses], [['a', 'a', '200'], [1000]])
  })

  it('tell what each address said, and the most telling reason', async () => {
    const ends: End[] = ['tls', 'unreachable', 'tls', 'unreachable', 'tls', 'unreachable']
    const down = (await told({}, ends, ['a', 'b'])).error
    assert.equal(down?.reason, 'unreachable')
    assert.deepEqual(down?.attempts, [
      { address: 'http://a', text: 'tls' },
      { address: 'http://b', text: 'unreachable' },
    ])
    assert.match(down?.message ?? '', /none of 2 addresses .*http:\/\/a: tls; http:\/\/b: unreachable/)
  })

  it('say that a request may have been carried out, wherever that was', async () => {
    const { error, tries: sent } = await told({ method: 'POST' }, ['unreachable', 'broken'], ['a', 'b'])
    assert.deepEqual(sent, ['a', 'b', 'broken'])
    assert.equal(error?.sent, true)
    assert.equal(error?.attempts.length, 2)
  })

  it('end, whatever happens, and repeat no write that may have arrived', async () => {
    const reasons: End[] = ['unreachable', 'broken', 'timeout', 'tls', 'bad_answer', 'ok']
    const statuses: End[] = ['403', '500', '503 - Vault is sealed', '503 3 busy', '429 1 limit']
    const end = fc.constantFrom(...reasons, ...statuses)
    await fc.assert(
      fc.asyncProperty(
        fc.array(end, { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('GET', 'POST'),
        async (ends, count, method) => {
          const hosts = ['a', 'b', 'c', 'd'].slice(0, count)
          const { tries: sent, pauses } = await told({ method }, [...ends], hosts)
          assert.ok(sent.length - 1 <= 3 * count)
          assert.ok(pauses.every((span) => span > 0 && span <= 10_000))
          const arrived = ends.findIndex((one) => one === 'broken' || one === 'timeout')
          if (method === 'POST' && arrived >= 0) assert.ok(sent.length - 1 <= arrived + 1)
        },
      ),
    )
  })
})

describe('what may be repeated', () => {
  const repeatable = (method: string, path: string, more: Partial<Outgoing> = {}) =>
    isRepeatable({ method, path: `/v1/${path}`, headers: {}, ...more })

  it('is reads, lists, deletes, and what is declared so', () => {
    for (const method of ['GET', 'HEAD', 'LIST', 'DELETE']) assert.ok(repeatable(method, 'secret/a'))
    assert.ok(repeatable('POST', 'secret/a', { repeatable: true }))
  })

  it('is nothing that makes or uses up a token', () => {
    for (const path of ['auth/token/create', 'auth/userpass/login/alice', 'auth/approle/login']) {
      assert.ok(!repeatable('POST', path))
      assert.ok(!repeatable('PUT', path))
    }
    assert.ok(!repeatable('POST', 'sys/wrapping/unwrap'))
    for (const path of [
      'cubbyhole/response',
      'sys/wrapping/unwrap?token=x',
      'auth/a/b/oidc/callback?code=c',
    ]) {
      assert.ok(!repeatable('GET', path))
      assert.ok(!repeatable('GET', path, { repeatable: true }))
    }
    assert.ok(!repeatable('GET', 'secret/a', { headers: { 'x-vault-wrap-ttl': '60' } }))
  })

  it('is no end of a ceremony, which is of one node', () => {
    assert.ok(!repeatable('DELETE', 'sys/rekey/init'))
    assert.ok(!repeatable('DELETE', 'sys/generate-root/attempt'))
    assert.ok(isOfOneNode({ path: '/v1/sys/health?standbyok=true' }))
    assert.ok(!isOfOneNode({ path: '/v1/sys/initial' }))
  })
})

describe('Retry-After', () => {
  it('is seconds or a date', () => {
    assert.equal(retryAfter('2', 0), 2000)
    assert.equal(retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 2000), 3000)
    assert.equal(retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 9000), 0)
    for (const bad of ['', '-1', '1.5', 'soon', '1e3']) assert.equal(retryAfter(bad, 0), undefined, bad)
    assert.equal(retryAfter(undefined, 0), undefined)
  })
})
