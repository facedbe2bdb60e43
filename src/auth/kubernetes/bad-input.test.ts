import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../base/errors.ts'
import { apiUrl } from './config.ts'
import { localKeys } from './keys.ts'
import { fits } from './login.ts'
import type { KubernetesConfig } from './record.ts'
import { parseSelector, selects } from './selector.ts'
import { readServiceAccount } from './service-account.ts'

const token = (claims: unknown) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${Buffer.from('s').toString('base64url')}`
const good = { 'kubernetes.io': { namespace: 'ns', serviceaccount: { name: 'n', uid: 'u' } } }

describe('a token of a service account', () => {
  it('is read in both of its forms, the projected one first', () => {
    const older = {
      'kubernetes.io/serviceaccount/namespace': 'old',
      'kubernetes.io/serviceaccount/service-account.name': 'old',
      'kubernetes.io/serviceaccount/service-account.uid': 'old',
    }
    assert.equal(readServiceAccount(token(older)).namespace, 'old')
    const { name, namespace, uid } = readServiceAccount(token({ ...older, ...good }))
    assert.deepEqual([name, namespace, uid], ['n', 'ns', 'u'])
  })
  it('is refused when anything is not what it should be', () => {
    const account = (changes: object) => ({
      'kubernetes.io': { namespace: 'ns', serviceaccount: { name: 'n', uid: 'u', ...changes } },
    })
    for (const claims of [
      {},
      [],
      null,
      account({ name: undefined }),
      account({ uid: '' }),
      account({ name: '../x' }),
      account({ name: 'a:b' }),
      account({ name: ['n'] }),
      account({ name: 'n'.repeat(300) }),
      { ...good, aud: [1] },
      { ...good, exp: '1' },
    ]) {
      assert.throws(() => readServiceAccount(token(claims)), { code: 'forbidden' }, JSON.stringify(claims))
    }
    for (const text of [
      'x',
      'a.b',
      'a.b.c.d',
      '..',
      'e30.e30.',
      'x'.repeat(20_000),
      `e30.${'['.repeat(9)}.e30`,
    ])
      assert.throws(() => readServiceAccount(text), { code: 'forbidden' }, text.slice(0, 20))
  })
  it('never leads to anything but an account or a refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => token(JSON.parse(text))),
        ),
        (text) => {
          try {
            assert.match(readServiceAccount(text).name, /^[A-Za-z0-9.-]+$/)
          } catch (error) {
            assert.ok(isFailure(error, 'forbidden'), String(error))
          }
        },
      ),
    )
  })
})

describe('the names that a role binds', () => {
  it('may begin or end with a star', () => {
    for (const [pattern, name, expected] of [
      ['*', 'x', true],
      ['web', 'web', true],
      ['web', 'webx', false],
      ['web-*', 'web-1', true],
      ['*-web', 'my-web', true],
      ['*mid*', 'amidst', true],
      ['web-*', 'web', false],
      ['w*b', 'web', false],
    ] as const) {
      assert.equal(fits([pattern], name), expected, `${pattern} ${name}`)
    }
  })
  it('hold a name without stars to the letter', () => {
    const plain = fc.stringMatching(/^[a-z-]{1,8}$/)
    fc.assert(fc.property(plain, plain, (one, other) => assert.equal(fits([one], other), one === other)))
  })
})

describe('a label selector', () => {
  it('is read as JSON and YAML', async () => {
    const text = 'matchLabels:\n  a: b\nmatchExpressions:\n  - {key: c, operator: NotIn, values: [d]}\n'
    const selector = await parseSelector(text)
    assert.ok(selector)
    assert.ok(selects(selector, { a: 'b' }))
    assert.ok(selects(selector, { a: 'b', c: 'e' }))
    assert.ok(!selects(selector, { a: 'b', c: 'd' }))
    assert.ok(!selects(selector, { c: 'e' }))
    const exists = await parseSelector('{"matchExpressions":[{"key":"toString","operator":"Exists"}]}')
    assert.ok(exists && !selects(exists, {}))
  })
  it('is refused where it would select everything or cannot be understood', async () => {
    for (const text of [
      '',
      '{}',
      'null',
      '[]',
      'x',
      '{"matchLabels":{}}',
      '{"matchLabels":{"a":1}}',
      '{"matchLabel":{"a":"b"}}',
      '{"matchExpressions":[{"key":"a","operator":"in","values":["b"]}]}',
      '{"matchExpressions":[{"key":"a","operator":"In","values":[]}]}',
      '{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}',
      'a: &a [*a, *a]',
      '{',
    ]) {
      assert.equal(await parseSelector(text), undefined, text)
    }
  })
  it('never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => void (await parseSelector(text))),
    )
  })
})

describe('the configuration', () => {
  it('reaches the API server below its path', () => {
    const url = (host: string) => apiUrl({ host } as KubernetesConfig, '/api').href
    assert.equal(url('10.0.0.1'), 'https://10.0.0.1/api')
    assert.equal(url('k8s.example:6443'), 'https://k8s.example:6443/api')
    assert.equal(url('https://k8s.example/cluster/1/'), 'https://k8s.example/cluster/1/api')
  })
  it('takes no keys that cannot be used', async () => {
    const none = { publicKeys: [], jwks: '' }
    assert.equal(await localKeys(none), undefined)
    for (const bad of [
      { ...none, publicKeys: ['x'] },
      { ...none, publicKeys: ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'] },
      { ...none, publicKeys: ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'] },
      { ...none, jwks: '{' },
      { ...none, jwks: '{"keys":[]}' },
      { ...none, jwks: '{"keys":[1]}' },
      { ...none, jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}' },
      { ...none, jwks: '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}' },
    ]) {
      await assert.rejects(localKeys(bad), { code: 'invalid_request' }, JSON.stringify(bad))
    }
  })
})
