import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decryptToken, encryptToken, fernetKey } from '../../web/src/crypt/fernet.ts'
import { isSealed, openSecret, saltField, sealSecret, unsealable } from '../../web/src/crypt/sealed.ts'

/** Made by the Python packages that fedcloudclient uses (cryptography's Fernet and PBKDF2HMAC). */
const vectors = [
  {
    passphrase: 'correct horse',
    clear: {
      password: 's3cret',
      empty: '',
      lines: 'one\ntwo',
    },
    sealed: {
      password:
        'gAAAAABlU_EAAAAAAAAAAAAAAAAAAAAAAL5E8eohbLuvStIPpqrCwjnRe-QIxK-eU8aOt1CBA5OSAyWzk23oGRtq8gCh9eZSlg==',
      empty:
        'gAAAAABlU_EAAQEBAQEBAQEBAQEBAQEBAWPjdec-Q9Ok8FfW22g4zEFQphVl1dAHwx4SIauRe_LS0kC07pRssVOmJxKQ4RSKZA==',
      lines:
        'gAAAAABlU_EAAgICAgICAgICAgICAgICAptdp54LL05By9jPLvb7vzmSt3r47LTYDsQDX-e8KJwuI0GY9579xTK0ijHs35GQGA==',
      fedcloud_salt: 'AAECAwQFBgcICQoLDA0ODw==',
    },
  },
  {
    passphrase: 'pässwörd 🔑',
    clear: {
      ümläut: '\ufeffgrüße 🎉',
      block: '0123456789abcdef',
    },
    sealed: {
      ümläut:
        'gAAAAABlU_EAAAAAAAAAAAAAAAAAAAAAAPys6D4CflZU_3OLsxd7VNMSxD9AmAViZMNSpTiDnRInvfAto_Xs1H8Y1-1zppbLXg==',
      block:
        'gAAAAABlU_EAAQEBAQEBAQEBAQEBAQEBAatbOeO15SW0ltyV5Y40Zco0jCYApfVD8ryKGgcAObn-jHftBsusjPcPol6NO02NOUA9xpKTWGEz12714-37aEQ=',
      fedcloud_salt: '//79/Pv6+fj39vX08/Lx8A==',
    },
  },
]
const time = 1_700_000_000

describe('secrets that are encrypted as fedcloudclient does it', () => {
  for (const { passphrase, clear, sealed } of vectors) {
    test(`a vector opens, and is made again from the same chance: ${passphrase}`, async () => {
      assert.ok(isSealed(sealed))
      assert.deepEqual(await openSecret(sealed, passphrase), { kind: 'open', data: clear, closed: [] })
      let drawn = -1
      const bytes = (length: number) => {
        const first = drawn++ === -1 ? Uint8Array.fromBase64(sealed[saltField] ?? '') : undefined
        return first ?? new Uint8Array(length).fill(drawn - 1)
      }
      assert.deepEqual(await sealSecret(clear, passphrase, { time, bytes }), sealed)
    })
  }

  const { passphrase, clear, sealed } = vectors[0] as (typeof vectors)[number]

  test('the same secret never looks the same twice', async () => {
    const [one, two] = await Promise.all([sealSecret(clear, 'p'), sealSecret(clear, 'p')])
    for (const name of Object.keys(one)) assert.notEqual(one[name], two[name])
  })

  test('a wrong passphrase opens nothing and says so', async () => {
    assert.deepEqual(await openSecret(sealed, `${passphrase} `), { kind: 'wrong' })
    assert.deepEqual(await openSecret(sealed, ''), { kind: 'wrong' })
  })

  test('values that are not of this passphrase are named, the others open', async () => {
    const mixed = { ...sealed, added: 'in clear', number: 3, cut: sealed.password?.slice(0, -4) ?? '' }
    const opened = await openSecret(mixed, passphrase)
    assert.deepEqual(opened, { kind: 'open', data: clear, closed: ['added', 'number', 'cut'] })
  })

  test('what has no proper salt, or no or too many fields, is not tried', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`f${at}`, '']))
    for (const data of [
      { a: 'b' },
      { ...sealed, [saltField]: 'AAEC' },
      { ...sealed, [saltField]: '***' },
      { ...sealed, [saltField]: 16 },
      { [saltField]: sealed[saltField] ?? '' },
      { ...many, [saltField]: sealed[saltField] ?? '' },
    ]) {
      assert.deepEqual(await openSecret(data, passphrase), { kind: 'unusable' })
    }
    assert.equal(isSealed({ [saltField]: 16 }), false)
  })

  test('a field may have any name but that of the salt, and only text is encrypted', async () => {
    const odd = JSON.parse('{"__proto__": "kept", "constructor": ""}')
    const opened = await openSecret(await sealSecret(odd, 'p'), 'p')
    assert.deepEqual(opened, { kind: 'open', data: odd, closed: [] })
    assert.deepEqual(unsealable({ a: '', [saltField]: 'x' }), { field: saltField, why: 'salt' })
    for (const value of [3, null, { a: 'b' }, '\ud800']) {
      assert.deepEqual(unsealable({ a: '', b: value }), { field: 'b', why: 'not-text' })
    }
    assert.equal(unsealable({ a: 'b' }), undefined)
  })

  test('what is encrypted can be opened again, however large', async () => {
    const most = { a: '\u4e00'.repeat(3_900_000) }
    assert.equal(unsealable(most), undefined)
    assert.equal((await openSecret(await sealSecret(most, 'p'), 'p')).kind, 'open')
    assert.deepEqual(unsealable({ a: `${most.a}x` }), { field: 'a', why: 'large' })
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`f${at}`, '']))
    assert.deepEqual(unsealable(many), { field: 'f1000', why: 'large' })
  })
})

describe('Fernet', () => {
  // The vector of the description of Fernet.
  const given = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4='
  const token =
    'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=='
  const alphabet = 'base64url'
  const key = fernetKey(Uint8Array.fromBase64(given, { alphabet }))

  test('makes and takes the token of its description', async () => {
    const iv = Uint8Array.from({ length: 16 }, (_, at) => at)
    const hello = new TextEncoder().encode('hello')
    assert.equal(await encryptToken(await key, hello, { time: 499_162_800, iv }), token)
    assert.deepEqual(await decryptToken(await key, token), hello)
  })

  test('opens whatever it made', async () => {
    const some = fc.uint8Array({ maxLength: 200 })
    const ivs = fc.uint8Array({ minLength: 16, maxLength: 16 })
    await fc.assert(
      fc.asyncProperty(some, ivs, async (bytes, iv) => {
        const clear = new Uint8Array(bytes)
        const made = await encryptToken(await key, clear, { time, iv: new Uint8Array(iv) })
        assert.deepEqual(await decryptToken(await key, made), clear)
      }),
    )
  })

  test('refuses a token of which any bit differs', async () => {
    const bytes = Uint8Array.fromBase64(token, { alphabet })
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = bytes.slice()
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.equal(await decryptToken(await key, other.toBase64({ alphabet })), undefined)
    }
  })

  test('refuses what is no token', async () => {
    for (const text of [
      '',
      'gAAAAA',
      token.slice(0, -2),
      token.slice(4),
      `${token}AAAA`,
      'x'.repeat(17_000_000),
    ]) {
      assert.equal(await decryptToken(await key, text), undefined)
    }
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) =>
        assert.equal(await decryptToken(await key, text), undefined),
      ),
    )
  })
})
