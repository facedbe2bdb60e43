import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type Client, createClient } from '../client.ts'
import type { ClientError } from '../error.ts'
import { type Exchange, scriptedServer } from '../testing/scripted-server.ts'

const self = '/v1/auth/token/lookup-self'
const secret = (path: string, body: string, status = 200): Exchange => ({
  method: 'GET',
  path: `/v1/${path}`,
  answer: { status, body },
})
const holder = (status = 200, data = '{"policies":["default"],"num_uses":0}'): Exchange => ({
  method: 'GET',
  path: self,
  answer: { status, body: `{"data":${data}}` },
})

/** Lets a client with a cache go through a script, and then through an outage. */
async function through(
  t: TestContext,
  script: Exchange[],
  work: (client: Client, forward: (minutes: number) => void) => Promise<unknown>,
): Promise<Client> {
  const base = await mkdtemp(join(tmpdir(), 'coffer-cached-'))
  t.after(() => rm(base, { recursive: true, force: true }))
  const server = await scriptedServer(script)
  let time = Date.now()
  const cache = { folder: join(base, 'cache'), now: () => time }
  const client = createClient({ address: server.address, token: 'tok', retryDelay: 1, cache })
  t.after(() => client.close())
  await work(client, (minutes) => {
    time += minutes * 60_000
  })
  await server.close()
  assert.deepEqual(server.problems(), [])
  return client
}

const gone = (client: Client, path: string) =>
  assert.rejects(client.read(path), (error: ClientError) => error.reason === 'unreachable')

describe('the cache of a client, request by request', () => {
  it('asks once in ten minutes whose token it is, and not at all for what it does not keep', async (t) => {
    const ok = '{"data":{"a":"b"}}'
    const client = await through(
      t,
      [
        secret('auth/x/role/y', ok),
        secret('box/a', ok),
        holder(),
        secret('box/b', ok),
        secret('box/a', ok),
        holder(),
      ],
      async (client, forward) => {
        for (const path of ['auth/x/role/y', 'box/a', 'box/b']) await client.read(path)
        forward(11)
        await client.read('box/a')
      },
    )
    for (const path of ['box/a', 'box/b']) assert.ok((await client.read(path))?.cached)
  })

  it('takes a server that does not know the request for no outage', async (t) => {
    const script = [
      secret('box/a', '{"data":{"a":"b"}}'),
      holder(),
      secret('box/a', '{"errors":["no"]}', 501),
    ]
    await through(t, script, async (client) => {
      await client.read('box/a')
      await assert.rejects(client.read('box/a'), (error: ClientError) => error.status === 501)
    })
  })

  it('loses nothing when the outage begins between a read and that question', async (t) => {
    const ok = '{"data":{"a":"b"}}'
    const script = [secret('box/a', ok), holder(), secret('box/a', ok), holder(500)]
    const client = await through(t, script, async (client, forward) => {
      await client.read('box/a')
      forward(11)
      await client.read('box/a')
    })
    assert.ok((await client.read('box/a'))?.cached)
    const first = await through(t, [secret('box/a', ok), holder(500)], (client) => client.read('box/a'))
    await gone(first, 'box/a')
  })

  it('keeps no lease, no token, no wrapped answer and nothing of other engines', async (t) => {
    const answers = [
      '{"lease_id":"box/a/1","lease_duration":60,"data":{"a":"b"}}',
      '{"data":{"a":"b"},"auth":{"client_token":"t"}}',
      '{"data":{"a":"b"},"wrap_info":{"token":"w"}}',
      '{"data":{"a":"b"},"mount_type":"transit"}',
      '{"data":null,"warnings":["w"]}',
    ]
    for (const body of answers) {
      const client = await through(t, [secret('box/a', body)], (client) => client.read('box/a'))
      await gone(client, 'box/a')
    }
  })

  it('forgets what such an answer takes the place of, and what is refused', async (t) => {
    const ok = '{"data":{"a":"b"}}'
    const ends: [string, number][] = [
      ['{"lease_id":"x","data":{"a":"b"}}', 200],
      ['{"errors":["bad"]}', 400],
      ['{"errors":[]}', 404],
    ]
    for (const [body, status] of ends) {
      const script = [secret('box/a', ok), holder(), secret('box/a', body, status)]
      const client = await through(t, script, async (client) => {
        await client.read('box/a')
        await client.read('box/a').catch(() => undefined)
      })
      await gone(client, 'box/a')
    }
  })

  it('tells queries and namespaces apart', async (t) => {
    const script = [secret('kv/data/a?version=1', '{"data":{"v":"1"}}'), holder()]
    const client = await through(t, script, (client) => client.read('kv/data/a', { version: 1 }))
    assert.deepEqual((await client.read('kv/data/a', { version: 1 }))?.data, { v: '1' })
    await gone(client, 'kv/data/a')
    await assert.rejects(client.call('GET', 'kv/data/a', { query: { version: 1 }, namespace: 'other' }))
  })
})
