import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { client, serve } from '../../src/http/testing/client.ts'
import { listedMetrics } from '../support/measured.ts'
import { startTestNode, tokenOf } from '../support/node.ts'

type Options = Parameters<typeof startTestNode>[0]

/** A node behind HTTP, on a listener that shows metrics to everybody and on one that does not. */
async function serving(t: TestContext, options: Options = {}) {
  const server = await startTestNode(options)
  const listener = { host: '127.0.0.1', port: 0, tls: 'loopback' } as const
  const { addresses } = await serve(t, server.node.handler, {
    observe: server.node.observe,
    listeners: [listener, { ...listener, openMetrics: true }],
  })
  t.after(() => server.stop())
  const [closed, open] = addresses.map(({ url }) => client(t, url))
  assert.ok(closed !== undefined && open !== undefined)
  const headers = (token: string) => (token === '' ? {} : { 'X-Vault-Token': token })
  const call = (
    method: string,
    path: string,
    { token = server.root, body }: { token?: string; body?: object } = {},
  ) =>
    closed(`/v1/${path}`, {
      method,
      headers: headers(token),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const scrape = async () => (await open('/v1/sys/metrics?format=prometheus')).body
  return { server, call, open, scrape, value: async (name: string) => read(await scrape(), name) }
}

/** The value of a metric with its labels, 0 where it is not there. */
function read(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? 0 : Number(line.slice(name.length + 1))
}

const requests = (route: string, operation: string, status: string) =>
  `coffer_requests_total{route="${route}",operation="${operation}",status="${status}"}`

describe('sys/metrics', () => {
  test('needs a token whose policy allows it', async (t) => {
    const { server, call } = await serving(t)
    const plain = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } }),
    )
    assert.equal((await call('GET', 'sys/metrics?format=prometheus', { token: '' })).status, 403)
    assert.equal((await call('GET', 'sys/metrics?format=prometheus', { token: plain })).status, 403)
    const { status, headers, body } = await call('GET', 'sys/metrics?format=prometheus')
    assert.deepEqual([status, headers['content-type']], [200, 'text/plain; version=0.0.4; charset=utf-8'])
    assert.match(body, /^# TYPE coffer_requests_total counter$/m)
  })

  test('answers everybody on a listener that says so, sealed or not, and nothing but that', async (t) => {
    const { server, open, value } = await serving(t)
    assert.equal(await value('coffer_unsealed'), 1)
    assert.equal((await open('/v1/sys/mounts')).status, 403)
    assert.equal((await open('/v1/sys/metrics', { method: 'POST', body: '{}' })).status, 405)
    await server.ask('write', 'sys/seal')
    assert.equal(await value('coffer_unsealed'), 0)
    assert.equal((await open('/v1/sys/mounts')).status, 503)
  })

  test('knows two forms', async (t) => {
    const { call } = await serving(t)
    const { status, body } = await call('GET', 'sys/metrics?format=xml')
    assert.deepEqual([status, body], [400, '{"errors":["metric response format \\"xml\\" unknown"]}\n'])
    const without = await serving(t, { prometheus: false })
    const refused = await without.call('GET', 'sys/metrics?format=prometheus')
    assert.deepEqual([refused.status, refused.body], [400, '{"errors":["prometheus is not enabled"]}\n'])
    assert.equal((await without.call('GET', 'sys/metrics')).status, 200)
  })

  test('has the form of Vault’s JSON', async (t) => {
    const { server, call } = await serving(t)
    await call('GET', 'sys/mounts')
    const body = JSON.parse((await call('GET', 'sys/metrics')).body)
    assert.deepEqual(Object.keys(body), ['Timestamp', 'Gauges', 'Points', 'Counters', 'Samples'])
    const time = new Date(server.clock.now()).toISOString()
    assert.equal(body.Timestamp, `${time.slice(0, 10)} ${time.slice(11, 19)} +0000 UTC`)
    type Item = { Name: string; Labels: Record<string, string>; Count: number }
    const find = (items: Item[], name: string, labels: Record<string, string> = {}) =>
      items.find(
        ({ Name, Labels }) =>
          Name === name && Object.entries(labels).every(([key, one]) => Labels[key] === one),
      )
    assert.deepEqual(find(body.Gauges, 'coffer_unsealed'), { Name: 'coffer_unsealed', Value: 1, Labels: {} })
    assert.ok(find(body.Gauges, 'process_resident_memory_bytes'))
    const { Rate, ...counter } = JSON.parse(
      JSON.stringify(find(body.Counters, 'coffer_requests_total', { route: 'sys/mounts' })),
    )
    assert.ok(Rate > 0)
    assert.deepEqual(counter, {
      Name: 'coffer_requests_total',
      Count: 1,
      Sum: 1,
      Min: 1,
      Max: 1,
      Mean: 1,
      Stddev: 0,
      Labels: { route: 'sys/mounts', operation: 'read', status: '2xx' },
    })
    assert.equal(find(body.Samples, 'coffer_request_seconds', { mount_type: 'system' })?.Count, 1)
  })
})

describe('metrics', { timeout: 60_000 }, () => {
  test('count requests by route, operation and class of status', async (t) => {
    const { call, scrape } = await serving(t)
    await call('PUT', 'cubbyhole/a', { body: { v: 1 } })
    await call('PUT', 'cubbyhole/a', { body: { v: 2 } })
    await call('GET', 'cubbyhole/a')
    await call('GET', 'cubbyhole/none')
    await call('LIST', 'cubbyhole')
    await call('GET', 'sys/health', { token: '' })
    await call('GET', 'no/such/mount')
    await call('GET', 'cubbyhole/%0a')
    const text = await scrape()
    for (const [name, count] of [
      [requests('cubbyhole/{path+}', 'create', '2xx'), 1],
      [requests('cubbyhole/{path+}', 'update', '2xx'), 1],
      [requests('cubbyhole/{path+}', 'read', '2xx'), 1],
      [requests('cubbyhole/{path+}', 'read', '4xx'), 1],
      [requests('cubbyhole/{path+}', 'list', '2xx'), 1],
      [requests('sys/health', 'read', '2xx'), 1],
      [requests('none', 'none', '4xx'), 2],
      ['coffer_request_seconds_count{mount_type="cubbyhole",operation="read"}', 2],
      ['coffer_request_seconds_bucket{mount_type="cubbyhole",operation="read",le="+Inf"}', 2],
    ] as const) {
      assert.equal(read(text, name), count, name)
    }
  })

  test('count tokens, expired leases, commits and what the cache spares', async (t) => {
    const { server, call, value, scrape } = await serving(t)
    const before = await scrape()
    const create = (body: object) => call('POST', 'auth/token/create', { body })
    await create({ ttl: '1m' })
    await create({ ttl: '1m' })
    await create({ type: 'batch', ttl: '1m', policies: ['default'] })
    const rise = async (name: string) => (await value(name)) - read(before, name)
    assert.equal(await rise('coffer_tokens_created_total{type="service"}'), 2)
    assert.equal(await rise('coffer_tokens_created_total{type="batch"}'), 1)
    assert.ok((await rise('coffer_store_commits_total{result="done"}')) >= 2)
    assert.ok((await rise('coffer_store_commit_seconds_count')) >= 2)
    assert.equal(await rise('coffer_store_commits_total{result="conflict"}'), 0)

    const hits = 'coffer_cache_reads_total{result="hit"}'
    const misses = 'coffer_cache_reads_total{result="miss"}'
    await call('GET', 'sys/mounts')
    const [hit, miss] = [await value(hits), await value(misses)]
    await call('GET', 'sys/mounts')
    assert.ok((await value(hits)) > hit)
    assert.equal(await value(misses), miss)
    const text = await scrape()
    const share = read(text, hits) / (read(text, hits) + read(text, misses))
    assert.equal(read(text, 'coffer_cache_hit_ratio'), share)
    assert.ok(read(text, 'coffer_cache_bytes') > 0)

    assert.equal(await value('coffer_leases_expired_total'), 0)
    server.clock.advance(10 * 60_000)
    await call('POST', 'auth/token/tidy')
    // The sweep runs beside requests; each of them gives it time.
    for (let i = 0; i < 5000 && (await value('coffer_leases_expired_total')) < 2; i++)
      await call('GET', 'sys/mounts')
    assert.equal(await value('coffer_leases_expired_total'), 2)
  })

  test('know what the last full check of the store found, and when', async (t) => {
    const { server, scrape } = await serving(t, {
      checkStore: async () => ['a page is torn', 'a row is torn'],
    })
    assert.equal(read(await scrape(), 'coffer_store_check_timestamp_seconds'), 0)
    // The first is at some moment of the day that begins with the first look.
    for (let hours = 0; hours <= 26; hours++) {
      await server.node.tend()
      server.clock.advance(3600_000)
    }
    const text = await scrape()
    assert.equal(read(text, 'coffer_store_check_findings'), 2)
    assert.ok(read(text, 'coffer_store_check_timestamp_seconds') > 0)
  })

  test('show what the store measures of itself, beside what the server counts', async (t) => {
    const { scrape } = await serving(t, {
      measureStore: async () => [
        {
          name: 'coffer_etcd_up',
          help: 'Whether it answers.',
          kind: 'gauge',
          samples: [{ labels: { endpoint: '1' }, value: 1 }],
        },
      ],
    })
    const text = await scrape()
    assert.equal(read(text, 'coffer_etcd_up{endpoint="1"}'), 1)
    assert.equal(read(text, 'coffer_unsealed'), 1)
  })

  test('count the entries that no audit device takes', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'coffer-metrics-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const { call, scrape } = await serving(t, {
      audit: [{ type: 'file', name: 'main', description: '', options: { file_path: folder } }],
    })
    assert.equal((await call('GET', 'sys/mounts')).status, 500)
    const text = await scrape()
    assert.equal(read(text, 'coffer_audit_failures_total{entry="request"}'), 1)
    assert.equal(read(text, 'coffer_audit_devices_failing'), 1)
    assert.equal(read(text, requests('sys/mounts', 'read', '5xx')), 1)
  })

  test('know the memory of the process and the delay of its event loop', async (t) => {
    const { value } = await serving(t)
    for (const name of ['process_resident_memory_bytes', 'nodejs_heap_size_used_bytes']) {
      assert.ok((await value(name)) > 1_000_000, name)
    }
    assert.ok((await value('nodejs_eventloop_lag_seconds')) >= 0)
  })

  test('hold nothing that a request or a person brings along', async (t) => {
    const { server, call, scrape } = await serving(t)
    const names = ['alice', 'hidden-mount', 'hidden-path', 'hidden-role', 'hidden-policy', 'hidden-value']
    await call('POST', 'sys/mounts/hidden-mount', { body: { type: 'kv' } })
    await call('POST', 'sys/auth/alice', { body: { type: 'jwt' } })
    await call('PUT', 'hidden-mount/hidden-path', { body: { password: 'hidden-value' } })
    await call('GET', 'hidden-mount/hidden-path')
    await call('LIST', 'hidden-mount/alice')
    await call('POST', 'auth/alice/login', { token: '', body: { role: 'hidden-role', jwt: 'hidden-value' } })
    await call('POST', 'identity/entity', { body: { name: 'alice' } })
    await call('GET', 'identity/entity/name/alice')
    await call('PUT', 'sys/policies/acl/hidden-policy', { body: { policy: '' } })
    await call('HIDDEN-METHOD', 'hidden-path')
    await call('GET', 'hidden-mount/hidden-path', { token: 'hidden-value' })
    const token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { display_name: 'alice' } }),
    )
    await call('GET', 'auth/token/lookup-self', { token })
    const text = await scrape()
    const json = (await call('GET', 'sys/metrics')).body
    assert.match(text, /route="kv\/\{path\+\}"/)
    assert.match(text, /route="auth\/jwt\/login"/)
    for (const name of [...names, 'HIDDEN', server.root, token, '127.0.0.1']) {
      for (const shown of [text, json]) assert.ok(!shown.includes(name), name)
    }
  })

  test('are those that docs/metrics.md lists', async (t) => {
    const { scrape } = await serving(t)
    const served = [...(await scrape()).matchAll(/^# TYPE (coffer_\w+) (\w+)$/gm)].map(
      ([, name, kind]) => `${name} ${kind}`,
    )
    assert.deepEqual(listedMetrics(), served)
  })
})
