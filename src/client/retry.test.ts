import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ClientError, type ClientErrorReason } from './error.ts'
import { sendWithRetries } from './retry.ts'

/** What is sent where, when each try ends in the next of these ways. */
async function tries(method: string, ends: (ClientErrorReason | 'ok')[], hosts: string[]): Promise<string[]> {
  const sent: string[] = []
  const send = sendWithRetries(
    {
      send: async ({ url }) => {
        sent.push(url.host)
        const end = ends.shift() ?? 'ok'
        if (end !== 'ok') throw new ClientError(end, end)
        return { status: 200, headers: {}, body: '' }
      },
      close: () => {},
    },
    hosts.map((host) => new URL(`http://${host}`)),
    { retries: 2, delay: 0 },
  )
  const request = { method, path: '/v1/x', headers: {}, body: undefined }
  await send(request).catch((error: ClientError) => sent.push(error.reason))
  return sent
}

describe('retries', () => {
  it('repeat what may be repeated, as often as told', async () => {
    assert.deepEqual(await tries('GET', ['unreachable', 'unreachable'], ['a']), ['a', 'a', 'a'])
    assert.deepEqual(await tries('DELETE', ['unreachable'], ['a']), ['a', 'a'])
    const down = Array<ClientErrorReason>(9).fill('unreachable')
    assert.deepEqual(await tries('GET', down, ['a']), ['a', 'a', 'a', 'unreachable'])
  })

  it('try every address in turn', async () => {
    assert.deepEqual(await tries('GET', ['unreachable', 'unreachable', 'unreachable'], ['a', 'b']), [
      'a',
      'b',
      'a',
      'b',
    ])
  })

  it('never repeat a write, which still goes to the address that takes it', async () => {
    assert.deepEqual(await tries('POST', ['unreachable'], ['a']), ['a', 'unreachable'])
    assert.deepEqual(await tries('POST', ['unreachable'], ['a', 'b']), ['a', 'b'])
    assert.deepEqual(await tries('POST', ['broken'], ['a', 'b']), ['a', 'broken'])
  })

  it('repeat a read that broke on another node alone', async () => {
    assert.deepEqual(await tries('GET', ['broken'], ['a', 'b']), ['a', 'b'])
    assert.deepEqual(await tries('DELETE', ['broken'], ['a', 'b']), ['a', 'broken'])
  })

  it('take an answer that is late or wrong as it is', async () => {
    assert.deepEqual(await tries('GET', ['timeout'], ['a', 'b']), ['a', 'timeout'])
    assert.deepEqual(await tries('GET', ['tls'], ['a', 'b']), ['a', 'tls'])
  })
})
