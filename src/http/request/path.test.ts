import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { maxPathBytes } from '../../backend/routes/path.ts'
import type { CofferError } from '../../base/errors.ts'
import { encodePath, readTarget } from './path.ts'

const pathOf = (raw: string) => {
  const target = readTarget(raw)
  return target.kind === 'redirect'
    ? `-> ${target.location}`
    : target.kind === 'other'
      ? 'other'
      : target.path
}
const refusal = (raw: string) => {
  try {
    return pathOf(raw)
  } catch (error) {
    const { code, message } = error as CofferError
    return `${code}: ${message}`
  }
}

describe('the path of a request', () => {
  test('is what follows /v1/, decoded once', () => {
    const cases: [string, string][] = [
      ['/v1/secret/a', 'secret/a'],
      ['/v1/secret/a/', 'secret/a/'],
      ['/v1/a%20b', 'a b'],
      ['/v1/%20a%20', ' a '],
      ['/v1/m/a%2fb', 'm/a/b'],
      ['/v1/m/a%2Fb', 'm/a/b'],
      ['/v1/m/a%2f', 'm/a/'],
      ['/v1/m/%252e%252e', 'm/%2e%2e'],
      ['/v1/p%3Fq%23r%25%5C', 'p?q#r%\\'],
      ['/v1/p+q*', 'p+q*'],
      ['/v1/p%2Bq', 'p+q'],
      ['/v1/me@x.org', 'me@x.org'],
      ['/v1/me%40x.org', 'me@x.org'],
      ['/v1/%C3%A9t%C3%A9/%E2%82%AC', 'été/€'],
      ['/v1/\u00c3\u00a9', 'é'],
      ['/v1/e%CC%81', 'e\u0301'],
      ['/v1/%F0%9F%98%80', '😀'],
      ['/v1/a..b/.../.hidden/..x/x..', 'a..b/.../.hidden/..x/x..'],
      ['/v1/http:/test.com', 'http:/test.com'],
      ['/v1/__proto__/constructor', '__proto__/constructor'],
      ['/%761/sys', 'sys'],
      ['http://host:8200/v1/a?x=1', 'a'],
      ['HTTPS://h/v1/a', 'a'],
    ]
    for (const [raw, path] of cases) assert.equal(pathOf(raw), path, raw)
  })

  test('that names what is a folder of the server is led to the folder', () => {
    assert.equal(pathOf('/v1/sys'), '-> /v1/sys/')
    assert.equal(pathOf('/v1/sys?list=true'), '-> /v1/sys/?list=true')
    assert.equal(pathOf('/v1/sys/'), 'sys/')
    assert.equal(pathOf('/v1/system'), 'system')
  })

  test('ends where the query begins', () => {
    for (const [raw, path, query] of [
      ['/v1/a?', 'a', ''],
      ['/v1/a?list=true', 'a', 'list=true'],
      ['/v1/a?x=/../?y', 'a', 'x=/../?y'],
      ['/v1/a%3F?b', 'a?', 'b'],
    ]) {
      assert.deepEqual(readTarget(raw as string), { kind: 'api', path, query })
    }
  })

  test('outside of /v1/ is no path of the API', () => {
    for (const raw of ['/', '/v1', '/v1/', '/v2/x', '/V1/x', '/ui/', '/v1x/a', 'http://host']) {
      assert.equal(pathOf(raw), 'other', raw)
    }
  })

  test('with a doubled slash or a dot segment leads to the clean one and keeps the query', () => {
    const cases: [string, string][] = [
      ['/v1//secret/data/x', '/v1/secret/data/x'],
      ['//v1/a', '/v1/a'],
      ['/v1/a//b?x=1&y=%20', '/v1/a/b?x=1&y=%20'],
      ['/v1/a/./b', '/v1/a/b'],
      ['/v1/a/../b', '/v1/b'],
      ['/v1/a/../../../etc', '/etc'],
      ['/v1/a/..', '/v1/'],
      ['/v1/a//', '/v1/a/'],
      ['/v1/a%2f%2fb', '/v1/a/b'],
      ['/v1/%2fa', '/v1/a'],
      ['/v1//a%20b%3F', '/v1/a%20b%3F'],
      ['//evil.example/x', '/evil.example/x'],
      ['//%5Cevil.example', '/%5Cevil.example'],
      ['/..', '/'],
      ['//?a', '/?a'],
      ['/v1//%C3%A9?\u00c3\u00a9"', '/v1/%C3%A9?%c3%a9"'],
    ]
    for (const [raw, location] of cases) assert.equal(pathOf(raw), `-> ${location}`, raw)
  })

  test('with an encoded dot segment is refused', () => {
    for (const raw of [
      '/v1/m/%2e%2e/n',
      '/v1/m/.%2e/n',
      '/v1/m/..%2fn',
      '/v1/m/%2e%2e%2fn%2fs',
      '/v1/m/%2e/n',
      '/v1/m/x%2f..%2fn',
      '/v1/m//%2e%2e/n',
      '/v1/m/../%2e%2e/n',
    ]) {
      assert.equal(refusal(raw), 'invalid_path: relative paths not supported', raw)
    }
  })

  test('that is not well formed is refused', () => {
    for (const raw of ['/v1/a%zz', '/v1/%', '/v1/%f', '/v1/a%2', '/v1/%%41']) {
      assert.match(refusal(raw), /^malformed_path: the path holds a percent sign/, raw)
    }
    for (const raw of [
      '/v1/a%FFb',
      '/v1/%C3%28',
      '/v1/%ED%A0%80',
      '/v1/%C0%AF',
      '/v1/%C0%AE%C0%AE/x',
      '/v1/\u00ff',
    ]) {
      assert.equal(refusal(raw), 'invalid_request_wrapped: key contains invalid UTF-8 characters', raw)
    }
    for (const raw of ['*', 'v1/a', '', 'ftp://h/v1/a', 'h:80']) {
      assert.equal(refusal(raw), 'invalid_path: the request target is no path', raw)
    }
  })

  test('with a character that does not print is refused', () => {
    const characters = [
      0, 1, 9, 10, 13, 31, 127, 0x85, 0xa0, 0xad, 0x200b, 0x200d, 0x202e, 0x2028, 0x2066, 0x3000, 0xfeff,
      0xe000,
    ]
    for (const code of characters) {
      const raw = `/v1/m/a${encodeURIComponent(String.fromCodePoint(code))}b`
      assert.equal(refusal(raw), 'not_acceptable_path: ', raw)
    }
  })

  test('longer than the bound is refused, counted in bytes of what it stands for', () => {
    assert.equal(pathOf(`/v1/${'a'.repeat(maxPathBytes)}`).length, maxPathBytes)
    assert.equal(pathOf(`/v1/${'%61'.repeat(maxPathBytes)}`).length, maxPathBytes)
    for (const raw of [
      `/v1/${'a'.repeat(maxPathBytes + 1)}`,
      `/v1/${'%C3%A9'.repeat(maxPathBytes / 2 + 1)}`,
    ]) {
      assert.equal(refusal(raw), `invalid_path: the path is longer than ${maxPathBytes} bytes`)
    }
  })
})

/** Targets made of what is dangerous, and of anything. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'B',
      '/',
      '//',
      '.',
      '..',
      '%2f',
      '%2F',
      '%2e',
      '%2E',
      '%252e',
      '%5c',
      '\\',
      '?',
      '#',
      '%00',
      '%e2%80%8b',
      '%c3%a9',
      '%zz',
      '%',
      ' ',
      '+',
      'v1',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 4 })
      .map((text) => encodeURIComponent(text.toWellFormed())),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
)
const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/v1/${pieces.join('')}`)

describe('any request target', () => {
  /** What a target asks for; undefined for one that is refused. */
  const read = (raw: string) => {
    try {
      return readTarget(raw)
    } catch {
      return undefined
    }
  }

  test('gives a canonical path, a redirect or a refusal, and nothing else', () => {
    fc.assert(
      fc.property(target, (raw) => {
        let result: ReturnType<typeof readTarget>
        try {
          result = readTarget(raw)
        } catch (error) {
          assert.ok(
            ['invalid_path', 'malformed_path', 'not_acceptable_path', 'invalid_request_wrapped'].includes(
              (error as CofferError).code,
            ),
          )
          return
        }
        if (result.kind !== 'api') return
        const { path } = result
        const segments = path.split('/')
        if (segments.at(-1) === '') segments.pop()
        assert.ok(segments.length > 0)
        for (const segment of segments) assert.ok(!['', '.', '..'].includes(segment), raw)
        assert.ok(/^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(path))
        assert.ok(Buffer.byteLength(path) <= maxPathBytes)
      }),
      { numRuns: 5000 },
    )
  })

  test('is idempotent: a path encoded again is the same path', () => {
    fc.assert(
      fc.property(target, (raw) => {
        const result = read(raw)
        if (result?.kind === 'api') {
          assert.deepEqual(readTarget(encodePath(`/v1/${result.path}`)), { ...result, query: '' })
        }
      }),
      { numRuns: 5000 },
    )
  })

  test('redirects at most once, to this server', () => {
    fc.assert(
      fc.property(target, (raw) => {
        const result = read(raw)
        if (result?.kind !== 'redirect') return
        assert.match(result.location, /^\/(?![/\\])[!-~]*$/)
        assert.notEqual(read(result.location)?.kind, 'redirect', raw)
      }),
      { numRuns: 5000 },
    )
  })

  test('spelled in two ways gives one result', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.boolean()), (path, upper) => {
        const bytes = [...Buffer.from(path)]
        const spell = () =>
          bytes
            .map((byte) => {
              const hex = `%${byte.toString(16).padStart(2, '0')}`
              const plain = /[A-Za-z0-9_~+@-]/.test(String.fromCharCode(byte))
              const [encode] = upper.take(1)
              return plain && encode === true
                ? String.fromCharCode(byte)
                : encode === true
                  ? hex.toUpperCase()
                  : hex
            })
            .join('')
        const result = (raw: string) => refusal(`/v1/m/${raw}`)
        const first = result(spell())
        assert.equal(result(spell()), first)
        assert.equal(result(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')), first)
      }),
      { numRuns: 1000 },
    )
  })
})
