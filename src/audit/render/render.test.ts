import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import type { AuditMount, AuditRequest, AuditToken } from '../entry.ts'
import { auditHeaders } from '../entry.ts'
import { createHasher, type Hasher } from './hasher.ts'
import { createRenderer, type RenderOptions } from './render.ts'

const salt = Buffer.alloc(32, 7)
const hmac = (text: string) => `hmac-sha256:${createHmac('sha256', salt).update(text).digest('hex')}`
const time = Date.UTC(2030, 4, 6, 7, 8, 9, 12)

const plain: RenderOptions = { raw: false, hmacAccessor: true, elideListResponses: false }
const renderer = (options: Partial<RenderOptions> = {}, hasher: Hasher = createHasher(salt)) =>
  createRenderer(hasher, { ...plain, ...options })

const token: AuditToken = {
  token: 'hvs.secret-token',
  accessor: 'the-accessor',
  displayName: 'oidc-ada',
  policies: ['default', 'readers'],
  metadata: { role: 'dev' },
  entityId: 'e-1',
  type: 'service',
  ttl: 3600,
  issued: Date.UTC(2030, 4, 6, 7, 0, 0, 999),
}
const mount: AuditMount = { point: 'kv/', type: 'kv', accessor: 'kv_1', version: 'v1', class: 'secret' }
const entry: AuditRequest = {
  id: 'r-1',
  operation: 'read',
  path: 'kv/a',
  mount,
  caller: { token, identityPolicies: [], remainingUses: 4 },
  clientId: 'e-1',
  verdict: { allowed: true, granting: ['readers'] },
  remote: { address: '127.0.0.1', port: 4711 },
}

const parsed = (body: string) => JSON.parse(`${body}}`) as Record<string, Record<string, unknown>>
const requestData = (data: JsonObject, options?: Partial<RenderOptions>, of: AuditMount = mount) =>
  parsed(renderer(options).request(time, { ...entry, operation: 'update', mount: of, data })).request?.data

describe('an audit line', () => {
  it('of a request names the caller, the policies that allowed it and the mount', () => {
    assert.deepEqual(parsed(renderer().request(time, entry)), {
      time: '2030-05-06T07:08:09.012Z',
      type: 'request',
      auth: {
        client_token: hmac('hvs.secret-token'),
        accessor: hmac('the-accessor'),
        display_name: 'oidc-ada',
        policies: ['default', 'readers'],
        token_policies: ['default', 'readers'],
        policy_results: {
          allowed: true,
          granting_policies: [{ name: 'readers', namespace_id: 'root', type: 'acl' }],
        },
        metadata: { role: 'dev' },
        remaining_uses: 4,
        entity_id: 'e-1',
        token_type: 'service',
        token_ttl: 3600,
        token_issue_time: '2030-05-06T07:00:00Z',
      },
      request: {
        id: 'r-1',
        client_id: 'e-1',
        operation: 'read',
        mount_point: 'kv/',
        mount_type: 'kv',
        mount_accessor: 'kv_1',
        mount_running_version: 'v1',
        mount_class: 'secret',
        client_token: hmac('hvs.secret-token'),
        client_token_accessor: hmac('the-accessor'),
        namespace: { id: 'root' },
        path: 'kv/a',
        remote_address: '127.0.0.1',
        remote_port: 4711,
      },
    })
  })

  it('of an answer repeats the request and adds the answer', () => {
    const line = parsed(
      renderer().response(time, entry, { leaseId: '', data: { a: 'x', n: 1 }, warnings: ['old'] }),
    )
    assert.equal(line.type, 'response')
    assert.deepEqual(line.request, parsed(renderer().request(time, entry)).request)
    assert.deepEqual(line.response, {
      mount_point: 'kv/',
      mount_type: 'kv',
      mount_accessor: 'kv_1',
      mount_running_plugin_version: 'v1',
      mount_class: 'secret',
      secret: {},
      data: { a: hmac('x'), n: 1 },
      warnings: ['old'],
    })
  })

  it('of a login shows the new token hashed', () => {
    const made = {
      token: { ...token, token: 'hvs.new', accessor: 'new-acc' },
      identityPolicies: ['vo'],
      numUses: 2,
    }
    const { response } = parsed(renderer().response(time, { ...entry, caller: undefined }, { auth: made }))
    assert.deepEqual((response as { auth: unknown }).auth, {
      client_token: hmac('hvs.new'),
      accessor: hmac('new-acc'),
      display_name: 'oidc-ada',
      policies: ['default', 'readers', 'vo'],
      token_policies: ['default', 'readers'],
      identity_policies: ['vo'],
      metadata: { role: 'dev' },
      num_uses: 2,
      entity_id: 'e-1',
      token_type: 'service',
      token_ttl: 3600,
      token_issue_time: '2030-05-06T07:00:00Z',
    })
  })

  it('of a wrapped answer shows the wrapping token hashed', () => {
    const wrap = {
      ttl: 60,
      token: 'w',
      accessor: 'wa',
      creationTime: 't',
      creationPath: 'kv/a',
      wrappedAccessor: 'x',
    }
    const { response, request } = parsed(renderer().response(time, { ...entry, wrapTtl: 60 }, { wrap }))
    assert.equal(request?.wrap_ttl, 60)
    assert.deepEqual(response?.wrap_info, {
      ttl: 60,
      token: hmac('w'),
      accessor: hmac('wa'),
      creation_time: 't',
      creation_path: 'kv/a',
      wrapped_accessor: hmac('x'),
    })
  })

  it('of a refusal has the error in clear and a bad token hashed', () => {
    const line = parsed(
      renderer().request(
        time,
        { ...entry, caller: undefined, verdict: undefined, refusedToken: 'bad' },
        'permission denied',
      ),
    )
    assert.deepEqual(line.auth, { token_type: 'default' })
    assert.equal(line.request?.client_token, hmac('bad'))
    assert.equal(line.error, 'permission denied')
  })

  it('says that policies refused', () => {
    const { auth } = parsed(renderer().request(time, { ...entry, verdict: { allowed: false, granting: [] } }))
    assert.deepEqual(auth?.policy_results, { allowed: false })
  })

  it('that tests a device is an update of sys/audit/test', () => {
    assert.deepEqual(parsed(renderer().test(time, 'u')), {
      time: '2030-05-06T07:08:09.012Z',
      type: 'request',
      auth: { token_type: 'default' },
      request: { id: 'u', operation: 'update', namespace: { id: 'root' }, path: 'sys/audit/test' },
    })
  })

  it('leaves out what is empty', () => {
    const bare = { ...token, displayName: '', policies: [], metadata: {}, entityId: '', ttl: 0, accessor: '' }
    const { auth, request } = parsed(
      renderer().request(time, {
        id: 'i',
        operation: 'list',
        path: '',
        caller: { token: bare, identityPolicies: [] },
        data: {},
      }),
    )
    assert.deepEqual(auth, {
      client_token: hmac('hvs.secret-token'),
      token_type: 'service',
      token_issue_time: '2030-05-06T07:00:00Z',
    })
    assert.deepEqual(request, {
      id: 'i',
      operation: 'list',
      client_token: hmac('hvs.secret-token'),
      namespace: { id: 'root' },
      path: '',
    })
  })

  it('shows only configured headers, hashed unless told otherwise', () => {
    const configured = new Map([
      ['x-foo', { hmac: true }],
      ['user-agent', { hmac: false }],
      ['x-absent', { hmac: true }],
    ])
    const headers = auditHeaders(configured, { 'x-foo': ['1', '2'], 'user-agent': 'curl', cookie: 'c' })
    assert.deepEqual(parsed(renderer().request(time, { ...entry, headers })).request?.headers, {
      'x-foo': [hmac('1'), hmac('2')],
      'user-agent': ['curl'],
    })
    assert.equal(auditHeaders(new Map(), { cookie: 'c' }), undefined)
    assert.equal(auditHeaders(configured, { cookie: 'c' }), undefined)
  })

  it('runs nothing in a shell that takes it for a program', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-line-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const planted = join(folder, 'planted')
    const texts = [
      `$(touch ${planted})`,
      `\`touch ${planted}\``,
      `";touch ${planted};"`,
      `\${IFS}|touch ${planted}`,
    ]
    for (const text of texts) {
      const line = renderer().request(time, { ...entry, path: text, data: { [text]: text } }, text)
      spawnSync('sh', ['-c', `${line}}\n`], { cwd: folder })
      assert.equal(existsSync(planted), false, text)
    }
  })

  it('is one line for every reader, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const body = renderer().request(time, { ...entry, path: text, data: { [text]: 1 } }, text)
        assert.doesNotMatch(body, /[\r\n\u0085\u2028\u2029<>$`]/)
        const line = parsed(body)
        assert.equal(line.request?.path, text)
        assert.equal(line.error, text)
      }),
    )
  })
})

describe('values in an audit line', () => {
  it('are hashed when they are strings, in lists and objects and empty ones too', () => {
    assert.deepEqual(requestData({ a: 'x', l: ['', 'y', 1, true, null], o: { p: { q: 'z' } } }), {
      a: hmac('x'),
      l: [hmac(''), hmac('y'), 1, true, null],
      o: { p: { q: hmac('z') } },
    })
  })

  it('keep the spelling of numbers', () => {
    const body = renderer().request(time, {
      ...entry,
      data: parseJson('{"n":12345678901234567890,"f":1.50}') as JsonObject,
    })
    assert.match(body, /"data":\{"n":12345678901234567890,"f":1\.50\}/)
  })

  it('stay in clear when they are points in time', () => {
    const times = { a: '2026-01-02T03:04:05Z', b: '2026-01-02T03:04:05.123456789+01:00' }
    const others = { c: '2026-13-02T03:04:05Z', d: '2026-01-02T03:04:05Z and more', e: '2026-01-02' }
    assert.deepEqual(requestData({ ...times, ...others }), {
      ...times,
      c: hmac(others.c),
      d: hmac(others.d),
      e: hmac(others.e),
    })
  })

  it('stay in clear under the names that the mount exempts, by the nearest name alone', () => {
    const data = { b: 'clear', o: { z: 'hidden', b: ['u', ['v', { q: 'w' }]] } }
    const exempting = { ...mount, clearRequestKeys: ['b', 'o'] }
    assert.deepEqual(requestData(data, {}, exempting), {
      b: 'clear',
      o: { z: hmac('hidden'), b: ['u', ['v', { q: hmac('w') }]] },
    })
    assert.deepEqual(requestData(data), {
      b: hmac('clear'),
      o: { z: hmac('hidden'), b: [hmac('u'), [hmac('v'), { q: hmac('w') }]] },
    })
  })

  it('of answers have exemptions of their own', () => {
    const exempting = { ...mount, clearRequestKeys: ['a'], clearResponseKeys: ['b'] }
    const answered = (response: object) =>
      parsed(renderer().response(time, { ...entry, mount: exempting }, response)).response?.data
    assert.deepEqual(answered({ data: { a: '1', b: '2' } }), { a: hmac('1'), b: '2' })
    assert.deepEqual(answered({ encoded: { text: '{"a":"1","b":"2"}' } }), { a: hmac('1'), b: '2' })
  })

  it('follow a change of the exemptions, although the secret is the same', () => {
    const one = renderer()
    const encoded = { text: '{"a":"1"}' }
    const shown = (keys: string[]) =>
      parsed(one.response(time, { ...entry, mount: { ...mount, clearResponseKeys: keys } }, { encoded }))
        .response?.data
    assert.deepEqual(shown([]), { a: hmac('1') })
    assert.deepEqual(shown(['a']), { a: '1' })
    assert.deepEqual(shown(['c']), { a: hmac('1') })
  })

  it('are all in clear with log_raw', () => {
    const line = parsed(
      renderer({ raw: true }).response(
        time,
        { ...entry, data: { a: 'x' } },
        { encoded: { text: '{"b":"y"}' } },
      ),
    )
    assert.deepEqual(line.request?.data, { a: 'x' })
    assert.deepEqual(line.response?.data, { b: 'y' })
    assert.equal(line.auth?.client_token, 'hvs.secret-token')
    assert.equal(line.auth?.accessor, 'the-accessor')
  })

  it('hash tokens but not accessors with hmac_accessor off', () => {
    const { auth, request } = parsed(renderer({ hmacAccessor: false }).request(time, entry))
    assert.equal(auth?.accessor, 'the-accessor')
    assert.equal(request?.client_token_accessor, 'the-accessor')
    assert.equal(auth?.client_token, hmac('hvs.secret-token'))
  })

  it('of lists are counted with elide_list_responses, and of lists alone', () => {
    const list = { keys: ['a', 'b'], key_info: { a: { t: 'x' }, b: {} }, other: 'o' }
    const shown = (operation: 'list' | 'read', elideListResponses: boolean) =>
      parsed(renderer({ elideListResponses }).response(time, { ...entry, operation }, { data: list }))
        .response?.data
    assert.deepEqual(shown('list', true), { keys: 2, key_info: 2, other: hmac('o') })
    const hashed = {
      keys: [hmac('a'), hmac('b')],
      key_info: { a: { t: hmac('x') }, b: {} },
      other: hmac('o'),
    }
    assert.deepEqual(shown('list', false), hashed)
    assert.deepEqual(shown('read', true), hashed)
  })

  it('are left out with their size and hash where they are too many, few for a request nobody vouches for', () => {
    const line = (data: JsonObject, isKnown: boolean) =>
      parsed(renderer().request(time, { ...entry, isKnown, data })).request as JsonObject
    const many = (strings: number): JsonObject => ({ a: { b: Array(strings).fill('') } })
    const omitted = (data: JsonObject) => {
      const text = JSON.stringify(data)
      return { bytes: text.length, hash: hmac(text) }
    }
    for (const [strings, unknown, known] of [
      [100, 'data', 'data'],
      [1000, 'data_omitted', 'data'],
      [200_000, 'data_omitted', 'data_omitted'],
    ] as const) {
      for (const isKnown of [true, false]) {
        const data = many(strings)
        const request = line(data, isKnown)
        const field = isKnown ? known : unknown
        assert.deepEqual(
          Object.keys(request).filter((name) => name.startsWith('data')),
          [field],
        )
        if (field === 'data_omitted') assert.deepEqual(request.data_omitted, omitted(data))
      }
    }
    const big = many(200_000)
    for (const response of [{ data: big }, { encoded: { text: JSON.stringify(big) } }]) {
      const body = renderer().response(time, entry, response)
      assert.ok(body.length < 2000)
      assert.deepEqual(parsed(body).response?.data_omitted, omitted(big))
    }
    const names = { keys: Array(200_000).fill('n') as string[] }
    const list: AuditRequest = { ...entry, operation: 'list' }
    const body = renderer({ elideListResponses: true }).response(time, list, { data: names })
    assert.deepEqual(parsed(body).response?.data, { keys: 200_000 })
  })

  it('take no more room than they may, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 1, max: 400 }),
        (value, times) => {
          const data = Object.fromEntries(
            Array.from({ length: times }, (_, i) =>
              Object.entries(value).map(([name, item]) => [name + i, item]),
            ).flat(),
          ) as JsonObject
          const clear: AuditMount = { ...mount, clearRequestKeys: Object.keys(data) }
          for (const one of [mount, clear]) {
            const body = renderer().request(time, { ...entry, mount: one, data })
            // A control character takes six.
            assert.ok(body.length < 2000 + 6 * 16 * 1024, `${body.length}`)
          }
        },
      ),
    )
  })

  it('are shortened where they are errors and warnings', () => {
    const long = 'x'.repeat(1_000_000)
    assert.ok(renderer().response(time, entry, { warnings: [long] }, long).length < 10_000)
  })

  it('never show a secret', () => {
    const secret = fc.uuid()
    fc.assert(
      fc.property(secretTree(secret), secret, secret, (secrets, tokenText, accessor) => {
        const found: string[] = []
        collect(secrets, found)
        const caller = { token: { ...token, token: tokenText, accessor }, identityPolicies: [] }
        const one = renderer()
        const exchange = { ...entry, caller, data: secrets }
        const answer = { encoded: { text: JSON.stringify(secrets) }, auth: caller }
        const lines = [
          one.request(time, exchange),
          one.response(time, exchange, answer),
          one.response(time, exchange, answer),
          one.response(time, { ...exchange, operation: 'list' }, { data: { keys: found } }),
          one.request(time, { ...entry, caller: undefined, refusedToken: tokenText }, 'denied'),
        ].join('\n')
        for (const text of [...found, tokenText, accessor]) assert.ok(!lines.includes(text), text)
      }),
    )
  })
})

describe('a warm read', () => {
  it('hashes nothing: token, accessor and secret are remembered', () => {
    const real = createHasher(salt)
    let hashed = 0
    const counting: Hasher = {
      hash: (text) => {
        hashed++
        return real.hash(text)
      },
      remembered: (text) => {
        hashed++
        return real.remembered(text)
      },
    }
    const one = renderer({}, counting)
    const encoded = { text: '{"password":"p","user":"u"}' }
    const read = () => one.request(time, entry) + one.response(time, entry, { encoded })
    const first = read()
    assert.equal(hashed, 4)
    assert.equal(read(), first)
    assert.equal(hashed, 4)
  })
})

describe('the hasher', () => {
  it('gives the same hash whether it remembers a text or not', () => {
    const hasher = createHasher(Buffer.from(salt), 4)
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 20; i++) assert.equal(hasher.remembered(`t${i}`), hmac(`t${i}`))
    }
    assert.equal(hasher.remembered('x'.repeat(2000)), hmac('x'.repeat(2000)))
  })

  it('keeps its salt when the caller zeroes the bytes', () => {
    const bytes = Buffer.from(salt)
    const hasher = createHasher(bytes)
    bytes.fill(0)
    assert.equal(hasher.hash('x'), hmac('x'))
  })
})

function collect(value: Json, into: string[]): void {
  if (typeof value === 'string') into.push(value)
  else if (Array.isArray(value)) for (const item of value) collect(item, into)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) collect(item as Json, into)
}

/** Objects of any nesting whose strings are secrets that nothing else in a line resembles. */
function secretTree(secret: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> {
  const { tree } = fc.letrec<{ tree: Json; branch: Json }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, secret, fc.integer(), fc.boolean(), fc.constant(null), tie('branch')),
    branch: fc.oneof(
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('tree'), { maxKeys: 4 }),
    ),
  }))
  return fc.dictionary(fc.string({ maxLength: 5 }), tree, { maxKeys: 5 })
}
