import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { client, dial, ended, exchange, serve } from '../testing/client.ts'

const script = 'assets/main-Ab3_x9Zq.js'
const index = '<!doctype html><title>page</title>'

/** A built page, beside a file that is none of it. */
async function built(t: TestContext, files: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'coffer-site-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  const folder = join(root, 'dist')
  await mkdir(join(folder, 'assets'), { recursive: true })
  const all = {
    'index.html': index,
    [script]: 'plain',
    [`${script}.br`]: 'as br',
    [`${script}.gz`]: 'as gzip',
    'assets/plain.css': 'css',
    'favicon.svg': '<svg/>',
    '.vite/manifest.json': '{}',
    'notes.md': '#',
    '../outside.js': 'outside',
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

async function start(
  t: TestContext,
  options: { folder?: string; headers?: readonly [string, string[]][] } = {},
) {
  const folder = options.folder ?? (await built(t))
  const served = await serve(t, async () => ({}), {
    pageFolder: folder,
    ...(options.headers === undefined ? {} : { pageHeaders: async () => options.headers ?? [] }),
  })
  return { folder, ...served, call: client(t, served.url) }
}

describe('the web page', () => {
  test('is index.html for every path that is no file, and is never kept', async (t) => {
    const { call } = await start(t)
    for (const path of [
      '/ui/',
      '/ui/index.html',
      '/ui/secrets/users/alice/my%20db',
      '/ui/secrets/a.b',
      '/ui/callback/oidc?code=c&state=s',
      '/ui/%E2%9C%93',
      '/ui/none.js',
      '/ui/.vite/manifest.json',
      '/ui/notes.md',
      `/ui/a/${'x'.repeat(400)}.js`,
      '/ui/a%5C..%5Coutside.js',
    ]) {
      const { status, headers, body } = await call(path)
      assert.deepEqual(
        [status, body, headers['content-type'], headers['cache-control']],
        [200, index, 'text/html; charset=utf-8', 'no-store'],
        path,
      )
    }
  })

  test('has a strict policy, and tells nobody its address', async (t) => {
    const { call } = await start(t)
    for (const path of ['/ui/', `/ui/${script}`, '/ui/favicon.svg']) {
      const { headers } = await call(path)
      assert.equal(
        headers['content-security-policy'],
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
          "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      )
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
      assert.match(headers['permissions-policy']?.toString() ?? '', /camera=\(\)/)
      assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
      assert.equal(headers['set-cookie'], undefined)
    }
  })

  test('has another nonce for its styles each time, where it asks for one', async (t) => {
    const folder = await built(t, {
      'index.html': '<meta nonce="COFFER_CSP_NONCE"><style nonce="COFFER_CSP_NONCE">',
    })
    const { call } = await start(t, { folder })
    const nonces = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const { body, headers } = await call('/ui/')
      const nonce = /<meta nonce="([A-Za-z0-9_-]{22})">/.exec(body)?.[1] ?? ''
      assert.equal(body, `<meta nonce="${nonce}"><style nonce="${nonce}">`)
      assert.match(
        String(headers['content-security-policy']),
        new RegExp(`script-src 'self'; style-src 'self' 'nonce-${nonce}';`),
      )
      nonces.add(nonce)
    }
    assert.equal(nonces.size, 3)
  })

  test('may be kept for good where a name says what is in it, and is compressed', async (t) => {
    const { call } = await start(t)
    for (const [accepted, encoding, body] of [
      ['gzip, deflate, br', 'br', 'as br'],
      ['gzip', 'gzip', 'as gzip'],
      ['br;q=0, gzip', 'gzip', 'as gzip'],
      ['identity', undefined, 'plain'],
    ] as const) {
      const answer = await call(`/ui/${script}`, { headers: { 'accept-encoding': accepted } })
      assert.deepEqual(
        [answer.status, answer.headers['content-encoding'], answer.body],
        [200, encoding, body],
        accepted,
      )
      assert.equal(answer.headers['content-type'], 'text/javascript; charset=utf-8')
      assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
      assert.equal(answer.headers.vary, 'Accept-Encoding')
    }
    const other = await call('/ui/assets/plain.css', { headers: { 'accept-encoding': 'br' } })
    assert.deepEqual([other.body, other.headers['content-encoding']], ['css', undefined])
    assert.equal(other.headers['cache-control'], 'no-store', 'its name says nothing of what is in it')
  })

  test('sends large files whole, and in pieces to a client that reads slowly', async (t) => {
    const large = 'x'.repeat(3_000_000)
    const name = 'assets/large-Ab3_x9Zq.js'
    const { call, port } = await start(t, { folder: await built(t, { [name]: large }) })
    const { body, headers } = await call(`/ui/${name}`)
    assert.equal(body.length, large.length)
    assert.equal(headers['content-length'], '3000000')
    const slow = await dial(t, port)
    slow.pause()
    slow.write(`GET /ui/${name} HTTP/1.1\r\nHost: h\r\n\r\n`)
    assert.equal((await call(`/ui/${name}`)).body.length, large.length)
    slow.destroy()
    assert.equal((await call('/ui/')).status, 200)
  })

  test('cuts off a client that takes too long for a file', async (t) => {
    const name = 'assets/large-Ab3_x9Zq.js'
    const folder = await built(t, { [name]: 'x'.repeat(30_000_000) })
    const limits = { answerTime: 50 }
    const server = await serve(t, async () => ({}), { pageFolder: folder, limits })
    const slow = await dial(t, server.port)
    slow.write(`GET /ui/${name} HTTP/1.1\r\nHost: h\r\n\r\n`)
    await once(slow, 'data')
    slow.pause()
    // Without the bound this would wait for the client.
    await server.stop(60_000)
    slow.resume()
    await ended(slow)
    assert.ok(slow.text().length < 30_000_000)
  })

  test('is 404 where a file of a build is asked for that is not there', async (t) => {
    const { call } = await start(t)
    for (const path of ['/ui/assets/main-00000000.js', '/ui/assets/', `/ui/${script}.br`]) {
      const { status, headers } = await call(path)
      assert.deepEqual([status, headers['content-type']], [404, 'application/json'], path)
    }
  })

  test('answers HEAD with the headers alone, and no other method', async (t) => {
    const { call, port } = await start(t)
    for (const path of ['/ui/', `/ui/${script}`]) {
      const get = await call(path)
      const text = await exchange(t, port, `HEAD ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
      assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
      assert.match(text, new RegExp(`\r\nContent-Length: ${get.headers['content-length']}\r\n`))
      assert.ok(text.endsWith('\r\n\r\n'), 'there is no body')
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'LIST', 'PATCH', 'TRACE']) {
      assert.equal((await call('/ui/', { method })).status, 405, method)
    }
  })

  test('leads nowhere out of its folder', async (t) => {
    const { folder, call, port } = await start(t)
    await symlink(join(folder, '..', 'outside.js'), join(folder, 'link.js'))
    await symlink(join(folder, '..'), join(folder, 'assets', 'up'))
    await symlink(join(folder, '..', 'outside.js'), join(folder, `${script.slice(0, -3)}x.js`))
    await mkdir(join(folder, 'folder.js'))
    const raw = async (target: string) =>
      exchange(t, port, `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
    for (const target of [
      '/ui/../outside.js',
      '/ui/assets/../../outside.js',
      '/ui/%2e%2e/outside.js',
      '/ui/..%2foutside.js',
      '/ui/%2e%2e%2foutside.js',
      '/ui//outside.js',
      '/ui/./../outside.js',
      '/ui/..%5coutside.js',
      '/ui/..%c0%afoutside.js',
      '/ui/%252e%252e/outside.js',
      '/ui/outside.js%00.js',
      '/ui/../../../../etc/passwd',
      '/ui/link.js',
      '/ui/assets/up/outside.js',
      `/ui/${script.slice(0, -3)}x.js`,
      '/ui/folder.js',
      'http://h/ui/../outside.js',
    ]) {
      const text = await raw(target)
      assert.doesNotMatch(text, /outside$|root:/, target)
      assert.match(text, /^HTTP\/1\.1 (?:200 OK\r\n[\s\S]*<!doctype html>|307|400|404)/, target)
    }
    assert.equal((await call('/ui/link.js')).body, index)
  })

  test('gets the headers that the operator has set, and keeps its own', async (t) => {
    const { call } = await start(t)
    const plain = (await call('/ui/')).headers
    const set = [
      ['X-Own', ['1']],
      ['content-security-policy', ["default-src 'self'", 'sandbox']],
      ...Object.entries({
        'X-Frame-Options': 'SAMEORIGIN',
        'X-Content-Type-Options': 'any',
        'Referrer-Policy': 'unsafe-url',
        'Cross-Origin-Opener-Policy': 'unsafe-none',
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Permissions-Policy': 'camera=*',
        'Strict-Transport-Security': 'max-age=0',
        'Cache-Control': 'public, max-age=60',
      }).map(([name, value]): [string, string[]] => [name, [value]]),
    ] satisfies [string, string[]][]
    const { call: other } = await start(t, { headers: set })
    const { headers } = await other('/ui/')
    assert.equal(headers['x-own'], '1')
    const { 'content-security-policy': policy, ...rest } = plain
    assert.equal(headers['content-security-policy'], `${policy}, default-src 'self', sandbox`)
    for (const [name] of set.slice(2)) {
      const key = name.toLowerCase()
      assert.ok(rest[key] !== undefined, name)
      assert.equal(headers[key], rest[key], name)
    }
  })

  test('is built anew while the server runs, and says how where it is not built', async (t) => {
    const folder = await built(t)
    const { call } = await start(t, { folder: join(folder, 'later') })
    const { status, headers, body } = await call('/ui/')
    assert.deepEqual(
      [status, headers['content-type'], body],
      [404, 'text/plain; charset=utf-8', 'The page is not built; build it with: npm run web:build\n'],
    )
    await mkdir(join(folder, 'later'))
    await writeFile(join(folder, 'later', 'index.html'), index)
    assert.equal((await call('/ui/')).body, index)
  })

  test('lies below /ui/ alone, which / and /ui lead to', async (t) => {
    const { call } = await start(t)
    for (const path of ['/', '/ui']) {
      const { status, headers } = await call(path)
      assert.deepEqual([status, headers.location], [307, '/ui/'], path)
    }
    assert.equal((await call('/favicon.svg')).status, 404)
    assert.equal((await call('/uix/')).status, 404)
  })
})
