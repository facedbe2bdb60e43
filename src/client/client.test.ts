import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { parseAddresses, wirePath } from './address.ts'
import { type Client, type ClientOptions, createClient } from './client.ts'
import { ClientError } from './error.ts'
import { type Exchange, scriptedServer } from './testing/scripted-server.ts'

/** A client of a server that expects exactly these exchanges. */
async function clientFor(t: TestContext, script: Exchange[], options: ClientOptions = {}): Promise<Client> {
  const server = await scriptedServer(script)
  const client = createClient({ address: server.address, token: 'tok', retryDelay: 1, ...options })
  t.after(async () => {
    client.close()
    await server.close()
    assert.deepEqual(server.problems(), [])
  })
  return client
}

async function listening(t: TestContext, server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}` // listens on TCP
}

/** An address at which nothing listens: the port was free a moment ago. */
async function deadAddress(): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listens on TCP
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

const failsWith = (reason: string, text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ClientError)
  assert.equal(error.reason, reason)
  assert.match(error.message, text)
  return true
}

describe('client', () => {
  it('reads with the token and keeps the spelling of numbers', async (t) => {
    const client = await clientFor(t, [
      {
        method: 'GET',
        path: '/v1/secret/app',
        headers: { 'x-vault-token': 'tok', 'x-vault-request': 'true', 'x-vault-namespace': '' },
        answer: { status: 200, body: '{"request_id":"r","data":{"big":12345678901234567890,"money":1.50}}' },
      },
    ])
    const answer = await client.read('secret/app')
    assert.equal(JSON.stringify(answer?.data), '{"big":12345678901234567890,"money":1.50}')
  })

  it('writes numbers back with their spelling', async (t) => {
    const body = '{"big":12345678901234567890}'
    const client = await clientFor(t, [
      { method: 'GET', path: '/v1/secret/app', answer: { status: 200, body: `{"data":${body}}` } },
      { method: 'POST', path: '/v1/secret/copy', body, answer: { status: 204 } },
    ])
    const answer = await client.read('secret/app')
    await client.write('secret/copy', answer?.data ?? {})
  })

  it('lists with list=true and answers the names', async (t) => {
    const client = await clientFor(t, [
      {
        method: 'GET',
        path: '/v1/secret/app/?after=a%26b&limit=2&list=true',
        answer: { status: 200, body: '{"data":{"keys":["b","c/"]}}' },
      },
    ])
    const listing = await client.list('secret/app/', { after: 'a&b', limit: 2 })
    assert.deepEqual(listing?.keys, ['b', 'c/'])
  })

  it('patches with a merge patch', async (t) => {
    const client = await clientFor(t, [
      {
        method: 'PATCH',
        path: '/v1/secret/data/app',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: '{"data":{"old":null}}',
        answer: { status: 200, body: '{"data":{"version":2}}' },
      },
    ])
    await client.patch('secret/data/app', { data: { old: null } })
  })

  it('answers undefined where nothing is stored', async (t) => {
    const none = { status: 404, body: '{"errors":[]}' }
    const client = await clientFor(t, [
      { method: 'GET', path: '/v1/secret/none', answer: none },
      { method: 'GET', path: '/v1/secret/none?list=true', answer: none },
    ])
    assert.equal(await client.read('secret/none'), undefined)
    assert.equal(await client.list('secret/none'), undefined)
  })

  it('answers a deleted version, which is a 404 with data', async (t) => {
    const body = '{"request_id":"r","data":{"data":null,"metadata":{"version":1}}}'
    const client = await clientFor(t, [
      { method: 'GET', path: '/v1/secret/data/x', answer: { status: 404, body } },
    ])
    const answer = await client.read('secret/data/x')
    assert.equal(answer?.status, 404)
    assert.deepEqual(answer?.data, { data: null, metadata: { version: 1 } })
  })

  it('throws the status and the texts of an error, unwrapped', async (t) => {
    const body = JSON.stringify({
      errors: ['2 errors occurred:\n\t* permission denied\n\t* also this\n\n', 'plain'],
    })
    const client = await clientFor(t, [{ method: 'DELETE', path: '/v1/a', answer: { status: 403, body } }])
    await assert.rejects(client.delete('a'), (error: ClientError) => {
      assert.equal(error.status, 403)
      assert.deepEqual(error.errors, ['permission denied', 'also this', 'plain'])
      return true
    })
  })

  it('throws for a 404 with a text, such as a missing mount', async (t) => {
    const body = '{"errors":["no handler for route \\"x\\". route entry not found."]}'
    const client = await clientFor(t, [{ method: 'GET', path: '/v1/x', answer: { status: 404, body } }])
    await assert.rejects(client.read('x'), failsWith('status', /no handler/))
  })

  it('takes the status for the error when a proxy answers in HTML', async (t) => {
    const answer = { status: 502, body: '<html>Bad gateway</html>' }
    const client = await clientFor(t, [{ method: 'GET', path: '/v1/x', answer }])
    await assert.rejects(client.read('x'), failsWith('status', /answered 502/))
  })

  it('refuses an answer that is not JSON, without quoting it', async (t) => {
    const client = await clientFor(t, [
      { method: 'GET', path: '/v1/x', answer: { status: 200, body: 'hunter2' } },
    ])
    await assert.rejects(client.read('x'), (error: ClientError) => {
      assert.equal(error.reason, 'bad_answer')
      assert.doesNotMatch(error.message, /hunter2/)
      return true
    })
  })

  it('refuses an answer beyond the limit', async (t) => {
    const body = JSON.stringify({ data: { x: 'y'.repeat(10_000) } })
    const client = await clientFor(t, [{ method: 'GET', path: '/v1/x', answer: { status: 200, body } }], {
      maxAnswer: 5_000,
    })
    await assert.rejects(client.read('x'), failsWith('bad_answer', /larger than 5000 bytes/))
  })

  it('opens an answer without an envelope as data', async (t) => {
    const client = await clientFor(t, [
      { method: 'GET', path: '/v1/sys/health', answer: { status: 200, body: '{"sealed":false}' } },
    ])
    assert.deepEqual((await client.read('sys/health'))?.data, { sealed: false })
  })

  it('sends namespace and wrapping time, and leaves out what a call empties', async (t) => {
    const client = await clientFor(
      t,
      [
        {
          method: 'GET',
          path: '/v1/x',
          headers: { 'x-vault-namespace': 'ns1', 'x-vault-wrap-ttl': '60s' },
          answer: { status: 200, body: '{"wrap_info":{"token":"w","ttl":60}}' },
        },
        {
          method: 'GET',
          path: '/v1/y',
          headers: { 'x-vault-namespace': '', 'x-vault-wrap-ttl': '', 'x-vault-token': '' },
          answer: { status: 204 },
        },
      ],
      { namespace: 'ns1', wrapTtl: '60s' },
    )
    assert.equal((await client.read('x'))?.wrap_info?.token, 'w')
    await client.call('GET', 'y', { namespace: '', wrapTtl: '', token: '' })
  })

  it('refuses a token that would break the header', () => {
    const client = createClient({ token: 'a\r\nx-vault-namespace: b' })
    return assert.rejects(client.read('x'), failsWith('invalid_argument', /token/))
  })

  it('refuses addresses that are none', () => {
    for (const address of ['vault.example.org', 'ftp://a', '', 'https://u:p@a', 'https://']) {
      assert.throws(() => createClient({ address }), failsWith('invalid_argument', /address|begins/), address)
    }
  })
})

describe('several addresses', () => {
  it('are each checked, and count once', () => {
    const urls = parseAddresses(['https://a:1', ' https://b/v1/', 'https://a:1/'])
    assert.deepEqual(
      urls.map(({ href }) => href),
      ['https://a:1/', 'https://b/'],
    )
    for (const list of [[], ['https://a', ''], Array.from({ length: 33 }, (_, i) => `https://a${i}`)]) {
      assert.throws(() => parseAddresses(list), failsWith('invalid_argument', /address/))
    }
  })

  it('do not encrypt some and send the rest in clear', () => {
    for (const open of ['http://b', 'http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1']) {
      const mixed = { address: ['https://a', open] }
      assert.throws(() => createClient(mixed), failsWith('invalid_argument', /http:\/\/.* in clear/), open)
    }
    createClient({ address: ['http://127.0.0.1:1', 'http://[::1]:1'] }).close()
  })
})

describe('client, when a server cannot be reached', () => {
  const ok = { status: 200, body: '{"data":{}}' }

  it('goes on to the next address, and stays there', async (t) => {
    const server = await scriptedServer([
      { method: 'GET', path: '/v1/a', answer: ok },
      { method: 'POST', path: '/v1/a', body: '{"k":"v"}', answer: { status: 204 } },
    ])
    const client = createClient({ address: [await deadAddress(), server.address] })
    t.after(async () => {
      client.close()
      await server.close()
    })
    await client.read('a')
    await client.write('a', { k: 'v' })
    assert.deepEqual(server.problems(), [])
  })

  it('says so after its tries', async () => {
    const client = createClient({ address: await deadAddress(), retryDelay: 1 })
    await assert.rejects(client.read('a'), failsWith('unreachable', /cannot be reached/))
  })

  it('says that a server does not speak HTTPS', async (t) => {
    const host = await listening(t, http.createServer())
    const client = createClient({ address: `https://${host}` })
    await assert.rejects(client.read('a'), failsWith('tls', /http:\/\//))
  })

  it('says that a server may want HTTPS', async (t) => {
    const host = await listening(
      t,
      net.createServer((socket) => socket.resetAndDestroy()),
    )
    const client = createClient({ address: `http://${host}` })
    await assert.rejects(client.write('a'), failsWith('broken', /https:\/\//))
  })

  it('gives up on an answer that does not end', async (t) => {
    const silent = http.createServer((_request, response) => {
      response.write('{')
    })
    t.after(() => silent.closeAllConnections())
    const client = createClient({ address: `http://${await listening(t, silent)}`, timeout: 30 })
    await assert.rejects(client.read('a'), failsWith('timeout', /within 0.03 seconds/))
  })
})

describe('client, redirected', () => {
  it('follows a standby to the same path on another node', async (t) => {
    const active = await scriptedServer([
      {
        method: 'POST',
        path: '/v1/a',
        body: '{"k":"v"}',
        headers: { 'x-vault-token': 'tok' },
        answer: { status: 204 },
      },
    ])
    t.after(() => active.close())
    const headers = { location: `${active.address}/v1/a` }
    const client = await clientFor(t, [
      { method: 'POST', path: '/v1/a', body: '{"k":"v"}', answer: { status: 307, headers } },
    ])
    await client.write('a', { k: 'v' })
    assert.deepEqual(active.problems(), [])
  })

  it('takes the token to none but the addresses that it was given, where those are several', async (t) => {
    const foreign = await scriptedServer([])
    t.after(() => foreign.close())
    const answer = { status: 307, headers: { location: `${foreign.address}/v1/a` } }
    const server = await scriptedServer([{ method: 'GET', path: '/v1/a', answer }])
    const client = createClient({ address: [server.address, await deadAddress()], token: 'tok' })
    t.after(async () => {
      client.close()
      await server.close()
    })
    await assert.rejects(client.read('a'), failsWith('status', /answered 307/))
    assert.deepEqual(foreign.problems(), [])
  })

  it('takes the token to no other host without TLS', async (t) => {
    const headers = { location: 'http://192.0.2.1:1/v1/a' }
    const client = await clientFor(t, [{ method: 'GET', path: '/v1/a', answer: { status: 307, headers } }])
    await assert.rejects(client.read('a'), failsWith('status', /answered 307/))
  })

  it('does not follow to another path', async (t) => {
    const headers = { location: 'http://127.0.0.1:1/v1/sys/seal' }
    const client = await clientFor(t, [
      { method: 'POST', path: '/v1/a', body: '{}', answer: { status: 307, headers } },
    ])
    await assert.rejects(client.write('a'), failsWith('status', /answered 307/))
  })
})

describe('the path of a request', () => {
  it('is encoded segment by segment', () => {
    assert.equal(wirePath('/secret/a b/ä#?%/x@y/'), '/v1/secret/a%20b/%C3%A4%23%3F%25/x%40y/')
    assert.equal(wirePath('secret//http://x'), '/v1/secret/http%3A/x')
  })

  it('names what was written, whatever that is', () => {
    const segment = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((s) => !s.includes('/') && s !== '.' && s !== '..')
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const wire = wirePath(segments.join('/'))
        assert.equal(new URL(wire, 'http://a').pathname, wire)
        assert.deepEqual(wire.split('/').slice(2).map(decodeURIComponent), segments)
      }),
    )
  })

  it('is refused where it would name another one', () => {
    for (const path of ['a/../sys', '..', './a', 'a/.', '\ud800']) {
      assert.throws(() => wirePath(path), failsWith('invalid_argument', /path/), path)
    }
  })
})
