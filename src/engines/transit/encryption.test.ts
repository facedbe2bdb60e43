import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { codeOf, dataOf, tokenOf } from '../../../test/support/node.ts'
import { keysOf } from '../../../test/support/rows.ts'
import { base64, startTransit } from '../../../test/support/transit-mount.ts'
import type { JsonObject } from '../../base/json/json.ts'

const symmetric = ['aes128-gcm96', 'aes256-gcm96', 'chacha20-poly1305']

describe('encryption with transit', () => {
  it('comes back as it was, for every type of key, version, and way to derive', async (t) => {
    const { write } = await startTransit(t)
    const keys: { name: string; derived: boolean; associated: boolean }[] = []
    for (const type of [...symmetric, 'rsa-2048']) {
      for (const derived of type === 'rsa-2048' ? [false] : [false, true]) {
        for (const convergent of derived ? [false, true] : [false]) {
          const name = `${type}-${derived}-${convergent}`
          await write(`keys/${name}`, { type, derived, convergent_encryption: convergent })
          await write(`keys/${name}/rotate`)
          keys.push({ name, derived, associated: type !== 'rsa-2048' })
        }
      }
    }
    const bytes = fc.uint8Array({ maxLength: 100 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...keys),
        bytes,
        fc.uint8Array({ minLength: 1, maxLength: 2000 }),
        bytes,
        fc.constantFrom(0, 1, 2),
        async ({ name, derived, associated }, plain, context, data, version) => {
          const besides: JsonObject = {
            ...(derived ? { context: base64(context) } : {}),
            ...(associated ? { associated_data: base64(data) } : {}),
          }
          const sealed = await write(`encrypt/${name}`, {
            plaintext: base64(plain),
            key_version: version,
            ...besides,
          })
          assert.equal(sealed.key_version, version === 0 ? 2 : version)
          const { plaintext } = await write(`decrypt/${name}`, {
            ciphertext: sealed.ciphertext as string,
            ...besides,
          })
          assert.equal(plaintext, base64(plain))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('never gives the same ciphertext twice, unless the key is convergent', async (t) => {
    const { write } = await startTransit(t)
    const fields = { plaintext: base64('x'), context: base64('c') }
    for (const [name, convergent] of [
      ['a', false],
      ['b', true],
    ] as const) {
      await write(`keys/${name}`, { derived: true, convergent_encryption: convergent })
      const one = await write(`encrypt/${name}`, fields)
      const two = await write(`encrypt/${name}`, fields)
      assert.equal(one.ciphertext === two.ciphertext, convergent)
      for (const other of [{ plaintext: base64('y') }, { context: base64('d') }]) {
        assert.notEqual((await write(`encrypt/${name}`, { ...fields, ...other })).ciphertext, one.ciphertext)
      }
    }
  })

  it('never uses a nonce of a convergent key for two things that are not the same', async (t) => {
    const { write } = await startTransit(t)
    await write('keys/a', { derived: true, convergent_encryption: true })
    const nonces = new Set<string>()
    const besides = [undefined, 'a', 'b', 'ab', '\0']
    for (const associated of besides) {
      for (const plain of ['', 'a', 'b']) {
        const { ciphertext } = await write('encrypt/a', {
          plaintext: base64(plain),
          context: base64('c'),
          ...(associated === undefined ? {} : { associated_data: base64(associated) }),
        })
        nonces.add(Buffer.from(String(ciphertext).slice('vault:v1:'.length), 'base64').toString('hex', 0, 12))
      }
    }
    assert.equal(nonces.size, besides.length * 3)
  })

  it('opens under no other key, context or associated data, and not when a bit is changed', async (t) => {
    const { write, refusal } = await startTransit(t)
    for (const name of ['a', 'b']) await write(`keys/${name}`, { derived: true })
    const fields = { context: base64('c'), associated_data: base64('ad') }
    const { ciphertext } = await write('encrypt/a', { plaintext: base64('x'), ...fields })
    const failed = /message authentication failed/
    const sent = { ciphertext: String(ciphertext), ...fields }
    assert.match(await refusal('decrypt/b', sent), failed)
    assert.match(await refusal('decrypt/a', { ...sent, context: base64('d') }), failed)
    assert.match(await refusal('decrypt/a', { ...sent, associated_data: base64('da') }), failed)
    assert.match(await refusal('decrypt/a', { ...sent, associated_data: '' }), failed)
    assert.match(await refusal('decrypt/a', { ciphertext: sent.ciphertext }), /missing 'context'/)
    const bytes = Buffer.from(sent.ciphertext.slice('vault:v1:'.length), 'base64')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      const text = await refusal('decrypt/a', { ...sent, ciphertext: `vault:v1:${base64(changed)}` })
      assert.match(text, failed)
    }
  })

  it('answers hostile texts with what is wrong, and never with a failure of its own', async (t) => {
    const { server, write } = await startTransit(t)
    const names = ['aes256-gcm96', 'chacha20-poly1305', 'rsa-2048', 'ed25519', 'hmac', 'ecdsa-p256']
    for (const type of names) await write(`keys/${type}`, { type })
    const piece = fc.oneof(
      fc.constantFrom(
        'vault:v1:',
        'vault:v',
        'vault:v1',
        'vault:v-1:',
        'vault:v0:',
        'vault:v99999999999:',
        'AAAA',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.uint8Array({ maxLength: 300 }).map(base64),
      fc.constantFrom('vault:v2:AAAA', 'vault:v1e0:AAAA', 'vault:v 1:', '=', 'ÿ', '\0', ':'),
    )
    const text = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''))
    const fields = fc.record(
      {
        plaintext: text,
        ciphertext: text,
        input: text,
        signature: text,
        hmac: text,
        context: text,
        associated_data: text,
        key_version: fc.oneof(fc.integer(), text),
        batch_input: fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(text, text), { maxLength: 2 })),
        marshaling_algorithm: fc.constantFrom('jws', 'asn1', 'x'),
        prehashed: fc.boolean(),
        signature_algorithm: fc.constantFrom('pss', 'pkcs1v15', ''),
        hash_algorithm: fc.constantFrom('none', 'sha2-512', 'constructor', '__proto__'),
        salt_length: fc.oneof(fc.integer().map(String), text),
        backup: text,
        public_key: text,
        name: text,
        min_available_version: fc.integer(),
        min_decryption_version: fc.integer(),
      },
      { requiredKeys: [] },
    )
    const paths = ['encrypt', 'decrypt', 'rewrap', 'sign', 'verify', 'hmac', 'datakey/wrapped', 'restore']
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths.flatMap((path) => names.map((name) => `${path}/${name}`))),
        fields,
        async (path, sent) => {
          // The server's own surprises reject; what is left is an answer or a refusal.
          const reply = await server.ask('write', `transit/${path}`, { fields: sent as JsonObject })
          const code = codeOf(reply)
          assert.ok(code === undefined || code.startsWith('invalid_request'), `${path}: ${String(reply)}`)
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('refuses an RSA message that is too long, and associated data for it', async (t) => {
    const { write, refusal } = await startTransit(t)
    await write('keys/r', { type: 'rsa-2048' })
    await write('encrypt/r', { plaintext: base64(Buffer.alloc(190)) })
    assert.match(await refusal('encrypt/r', { plaintext: base64(Buffer.alloc(191)) }), /message too long/)
    assert.match(
      await refusal('encrypt/r', { plaintext: 'AA==', associated_data: 'AA==' }),
      /'\[0\]\.associated_data' provided for non-AEAD cipher suite rsa-2048/,
    )
    assert.match(
      await refusal('datakey/plaintext/r', { associated_data: 'AA==' }),
      /'associated_data' provided for non-AEAD cipher suite rsa-2048/,
    )
  })
})

describe('a batch', () => {
  it('has a status of its own for partial failures, and for no others', async (t) => {
    const { status, write } = await startTransit(t)
    await write('keys/k')
    const { ciphertext } = await write('encrypt/k', { plaintext: '' })
    const good = { ciphertext: String(ciphertext) }
    const bad = { ciphertext: 'x' }
    const asked = (code: number, ...items: JsonObject[]) =>
      status('decrypt/k', { batch_input: items, partial_failure_response_code: code })
    assert.equal(await asked(207, good, good), 200)
    assert.equal(await asked(207, good, bad), 207)
    assert.equal(await asked(207, bad, bad), 400)
    for (const code of [0, 100, 199, 204, 304, 600, -1])
      assert.equal(await asked(code, good, bad), 400, `${code}`)
  })

  it('has a context in all items or in none', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k', { derived: true })
    const items = [{ plaintext: 'AA==', context: 'AA==' }, { plaintext: 'AA==' }]
    assert.match(await refusal('encrypt/k', { batch_input: items }), /in all the request blocks or in none/)
  })

  it('that is no list of objects with the right fields is refused as a whole', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k')
    for (const batch of [
      'x',
      {},
      ['x'],
      [null],
      [{}],
      [{ plaintext: 1 }],
      [{ plaintext: 'AA==', key_version: '1' }],
      [{ plaintext: 'AA==', key_version: 1.5 }],
      [{ plaintext: 'AA==', reference: {} }],
      [{ plaintext: 'AA==' }, [1]],
    ]) {
      assert.match(await refusal('encrypt/k', { batch_input: batch }), /failed to parse batch input/)
    }
  })
})

describe('encrypting under an unknown name', () => {
  it('makes the key for callers who may create, with a context a derived one', async (t) => {
    const { server, read, write } = await startTransit(t)
    const policy = (capability: string) => `path "transit/encrypt/*" { capabilities = ["${capability}"] }`
    for (const name of ['create', 'update']) {
      await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: policy(name) } })
    }
    const tokenFor = async (name: string) =>
      tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: [name] } }))
    const ask = async (name: string, path: string, fields: JsonObject) =>
      server.ask('write', `transit/encrypt/${path}`, { token: await tokenFor(name), fields })
    assert.equal(codeOf(await ask('update', 'a', { plaintext: '' })), 'policy_denied')
    assert.equal(dataOf(await ask('create', 'a', { plaintext: '' })).key_version, 1)
    assert.equal(codeOf(await ask('create', 'a', { plaintext: '' })), 'policy_denied')
    assert.equal(dataOf(await ask('update', 'a', { plaintext: '' })).key_version, 1)
    await write('encrypt/d', { plaintext: '', context: base64('c'), convergent_encryption: true })
    const { derived, convergent_encryption: convergent } = await read('keys/d')
    assert.deepEqual([derived, convergent], [true, true])
  })

  it('makes none where that is switched off, where nothing could be encrypted, or for a wrong type', async (t) => {
    const { server, refusal, write } = await startTransit(t)
    await write('cache-config', { size: 10 })
    const before = await keysOf(server.store)
    for (const [fields, text] of [
      [{ plaintext: '!' }, /illegal base64/],
      [{ plaintext: '', type: 'ed25519' }, /message encryption not supported/],
      [{ plaintext: '', type: 'constructor' }, /unknown key type/],
      [{ plaintext: '', convergent_encryption: true }, /context is required/],
      [{ batch_input: [{ plaintext: '!' }, { plaintext: '!' }] }, /illegal base64/],
    ] as const) {
      assert.match(await refusal('encrypt/new', fields as JsonObject), text)
    }
    await write('config/keys', { disable_upsert: true })
    assert.match(await refusal('encrypt/new', { plaintext: '' }), /encryption key not found/)
    assert.deepEqual(await keysOf(server.store), before)
  })
})

describe('a data key', () => {
  it('comes encrypted, and in clear only where the path says so', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k')
    for (const bits of [128, 256, 512]) {
      const both = await write('datakey/plaintext/k', { bits })
      assert.equal(Buffer.from(String(both.plaintext), 'base64').length, bits / 8)
      assert.equal(
        (await write('decrypt/k', { ciphertext: both.ciphertext ?? '' })).plaintext,
        both.plaintext,
      )
      const wrapped = await write('datakey/wrapped/k', { bits })
      assert.deepEqual(Object.keys(wrapped).sort(), ['ciphertext', 'key_version'])
    }
    assert.match(await refusal('datakey/wrapped/k', { bits: 64 }), /invalid bit length/)
    assert.match(await refusal('datakey/clear/k'), /must be 'plaintext' or 'wrapped'/)
  })
})
