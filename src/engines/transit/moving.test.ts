import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { keysOf } from '../../../test/support/rows.ts'
import { allTypes, base64, startTransit } from '../../../test/support/transit-mount.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { wrapKey } from './crypto/key-wrap.ts'

type Transit = Awaited<ReturnType<typeof startTransit>>

const pairs: Record<string, ReturnType<typeof pairOf>> = {}
function pairOf(type: string) {
  if (type === 'ed25519') return generateKeyPairSync('ed25519')
  if (type.startsWith('rsa')) return generateKeyPairSync('rsa', { modulusLength: Number(type.slice(4)) })
  return generateKeyPairSync('ec', { namedCurve: `P-${type.slice(7)}` })
}
const isPair = (type: string) => /^(rsa|ecdsa|ed25519)/.test(type)
const bytesFor = (type: string): Buffer => {
  if (!isPair(type)) return randomBytes(type.startsWith('aes128') ? 16 : 32)
  pairs[type] ??= pairOf(type)
  return pairs[type].privateKey.export({ format: 'der', type: 'pkcs8' })
}

async function importer(t: TestContext) {
  const transit = await startTransit(t)
  const { public_key: pem } = await transit.read('wrapping_key')
  const wrapping = createPublicKey(String(pem))
  const wrapped = (bytes: Buffer, hash = 'sha256') => base64(wrapKey(wrapping, hash, randomBytes(32), bytes))
  return { ...transit, wrapped }
}

/** Uses a key in each way that its type has, and answers what another holder of it must agree with. */
async function marks({ write }: Pick<Transit, 'write'>, name: string, type: string): Promise<JsonObject> {
  const made: JsonObject = { hmac: (await write(`hmac/${name}`, { input: '' })).hmac ?? '' }
  if (/aes|chacha|rsa/.test(type)) {
    made.ciphertext = (await write(`encrypt/${name}`, { plaintext: 'AA==' })).ciphertext ?? ''
  }
  if (isPair(type)) made.signature = (await write(`sign/${name}`, { input: '' })).signature ?? ''
  return made
}

async function agrees(
  { write }: Pick<Transit, 'write'>,
  name: string,
  { hmac, ciphertext, signature }: JsonObject,
): Promise<void> {
  if (hmac !== undefined) assert.equal((await write(`verify/${name}`, { input: '', hmac })).valid, true)
  if (ciphertext !== undefined) {
    assert.equal((await write(`decrypt/${name}`, { ciphertext })).plaintext, 'AA==')
  }
  if (signature !== undefined) {
    assert.equal((await write(`verify/${name}`, { input: '', signature })).valid, true)
  }
}

describe('an imported key', () => {
  it('is the one that was wrapped, for every type', async (t) => {
    const { read, wrapped, ...transit } = await importer(t)
    for (const type of allTypes) {
      const bytes = bytesFor(type)
      for (const name of ['one', 'two']) {
        await transit.write(`keys/${name}-${type}/import`, {
          type,
          ciphertext: wrapped(bytes),
          exportable: true,
        })
      }
      const { hmac, ...made } = await marks(transit, `one-${type}`, type)
      await agrees(transit, `two-${type}`, type === 'hmac' ? { hmac: hmac ?? '' } : made)
      const kind = isPair(type) ? 'signing-key' : type === 'hmac' ? 'hmac-key' : 'encryption-key'
      const format = isPair(type) ? { format: 'der' } : {}
      const shown = (await read(`export/${kind}/one-${type}`, format)).keys as Record<string, string>
      assert.equal(shown['1'], base64(bytes), type)
    }
  })

  it('may be wrapped with other hashes, and has to be of its type', async (t) => {
    const { server, refusal, write, wrapped } = await importer(t)
    const key = randomBytes(32)
    for (const hash of ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']) {
      const fields = { ciphertext: wrapped(key, hash), hash_function: hash.toUpperCase() }
      await write(`keys/${hash}/import`, fields)
    }
    const before = await keysOf(server.store)
    const ec = bytesFor('ecdsa-p256')
    for (const [fields, text] of [
      [{ ciphertext: wrapped(key, 'sha1') }, /was not wrapped/],
      [{ ciphertext: wrapped(key), hash_function: 'MD5' }, /unknown hash function/],
      [{ ciphertext: wrapped(randomBytes(16)) }, /invalid key size 16 bytes/],
      [{ ciphertext: wrapped(key), type: 'rsa-2048' }, /it is no PKCS #8/],
      [{ ciphertext: wrapped(ec), type: 'ecdsa-p384' }, /expected ecdsa-p384/],
      [{ ciphertext: wrapped(ec), type: 'rsa-2048' }, /expected rsa-2048/],
      [{ ciphertext: wrapped(ec), type: 'ed25519' }, /expected ed25519/],
      [{ ciphertext: wrapped(key), convergent_encryption: true }, /convergent encryption/],
      [{ ciphertext: wrapped(key), auto_rotate_period: '2h' }, /allow_rotation must be set/],
      [{ ciphertext: wrapped(key), public_key: 'x' }, /only one of/],
      [{ ciphertext: '!' }, /illegal base64/],
      [{ ciphertext: 'AAAA' }, /too short/],
      [{}, /must be set/],
      [{ public_key: 'x', type: 'rsa-2048' }, /not in PEM format/],
      [{ public_key: 'x' }, /does not support public_key import/],
    ] as const) {
      assert.match(await refusal('keys/new/import', fields), text)
    }
    assert.match(await refusal('keys/sha1/import', { ciphertext: wrapped(key) }), /existing key/)
    assert.deepEqual(await keysOf(server.store), before)
  })

  it('whose halves do not belong together is refused', async (t) => {
    const { refusal, wrapped } = await importer(t)
    const mine = bytesFor('ecdsa-p256')
    const point = Buffer.from(
      pairOf('ecdsa-p256').publicKey.export({ format: 'der', type: 'spki' }).subarray(-64),
    )
    const mixed = Buffer.concat([mine.subarray(0, mine.length - 64), point])
    const text = await refusal('keys/k/import', { type: 'ecdsa-p256', ciphertext: wrapped(mixed) })
    assert.match(text, /halves do not belong together|no PKCS #8/)
  })

  it('rotates only where that was allowed, and then is imported no more', async (t) => {
    const { read, refusal, write, wrapped } = await importer(t)
    await write('keys/a/import', { ciphertext: wrapped(randomBytes(32)) })
    assert.match(await refusal('keys/a/rotate'), /does not allow rotation/)
    await write('keys/b/import', { ciphertext: wrapped(randomBytes(32)), allow_rotation: true })
    assert.equal((await read('keys/b')).imported_key, true)
    await write('keys/b/rotate')
    assert.equal((await read('keys/b')).imported_key, false)
    await write('keys/a/import_version', { ciphertext: wrapped(randomBytes(32)) })
    assert.equal((await read('keys/a')).latest_version, 2)
    assert.match(
      await refusal('keys/b/import_version', { ciphertext: wrapped(randomBytes(32)) }),
      /imported key/,
    )
    assert.match(
      await refusal('keys/c/import_version', { ciphertext: wrapped(randomBytes(32)) }),
      /no key found/,
    )
  })

  it('may be a public half alone, which gets its private one later and no other', async (t) => {
    const { read, refusal, write, wrapped } = await importer(t)
    const bytes = bytesFor('rsa-2048')
    const public_key = String(pairs['rsa-2048']?.publicKey.export({ format: 'pem', type: 'spki' }))
    await write('keys/r/import', { type: 'rsa-2048', public_key, exportable: true })
    const { ciphertext = '' } = await write('encrypt/r', { plaintext: 'AA==' })
    assert.match(await refusal('decrypt/r', { ciphertext }), /does not have a private counterpart/)
    assert.match(await refusal('sign/r', { input: '' }), /does not contain a private part/)
    assert.deepEqual((await read('export/encryption-key/r')).keys, { '1': '' })
    const other = pairOf('rsa-2048').privateKey.export({ format: 'der', type: 'pkcs8' })
    const withVersion = (key: Buffer) => ({ ciphertext: wrapped(key), version: 1 })
    assert.match(await refusal('keys/r/import_version', withVersion(other)), /key pair does not match/)
    await write('keys/r/import_version', { ciphertext: wrapped(bytes) })
    assert.equal((await read('keys/r')).latest_version, 1)
    assert.equal((await write('decrypt/r', { ciphertext })).plaintext, 'AA==')
    assert.match(await refusal('keys/r/import_version', withVersion(bytes)), /cannot be updated/)
  })
})

describe('a key that is exported', () => {
  it('wrapped for another mount is the same there', async (t) => {
    const { server, read, write } = await startTransit(t)
    await server.ask('write', 'sys/mounts/other', { fields: { type: 'transit' } })
    const there = await server.ask('read', 'other/wrapping_key')
    const { public_key = '' } = dataOf(there)
    await write('keys/to/import', { type: 'rsa-4096', public_key })
    await write('keys/k', { exportable: true })
    const { keys } = await read('byok-export/to/k')
    const ciphertext = (keys as Record<string, string>)['1'] ?? ''
    await server.ask('write', 'other/keys/k/import', { fields: { ciphertext } })
    const sealed = await write('encrypt/k', { plaintext: 'AA==' })
    const opened = await server.ask('write', 'other/decrypt/k', {
      fields: { ciphertext: sealed.ciphertext ?? '' },
    })
    assert.deepEqual(dataOf(opened), { plaintext: 'AA==' })
  })

  it('is exportable, in a format that it has, in a version that there is', async (t) => {
    const { server, write } = await startTransit(t)
    await write('keys/k')
    await write('keys/x', { exportable: true })
    await write('keys/e', { type: 'ecdsa-p256', exportable: true })
    for (const [path, fields, text] of [
      ['export/hmac-key/k', {}, /not exportable/],
      ['byok-export/k/k', {}, /not exportable/],
      ['byok-export/k/x', {}, /must be a rsa key/],
      ['export/public-key/x', {}, /unknown key type/],
      ['export/encryption-key/x', { format: 'pem' }, /unknown format/],
      ['export/signing-key/e', { format: 'raw' }, /unknown format/],
      ['export/signing-key/e', { format: 'x' }, /invalid format/],
      ['export/encryption-key/x/2', {}, /version does not exist/],
      ['export/encryption-key/x/-1', {}, /invalid key version/],
      ['export/encryption-key/x/0', {}, /below minimum decryption version/],
      ['export/certificate-chain/e', {}, /does not have a certificate chain/],
    ] as const) {
      const reply = await server.ask('read', `transit/${path}`, { fields })
      assert.equal(codeOf(reply), 'invalid_request', path)
      assert.match(String(reply), text, path)
    }
    for (const version of ['latest', '1', 'v1']) {
      assert.equal(codeOf(await server.ask('read', `transit/export/encryption-key/x/${version}`)), undefined)
    }
  })
})

describe('a backup', () => {
  it('makes the same key again, with all its versions, for every type', async (t) => {
    const transit = await startTransit(t)
    const { read, write } = transit
    for (const type of allTypes.filter((name) => name !== 'rsa-4096' && name !== 'rsa-3072')) {
      await write(`keys/${type}`, { type, exportable: true, allow_plaintext_backup: true })
      const first = await marks(transit, type, type)
      await write(`keys/${type}/rotate`)
      await write(`keys/${type}/rotate`)
      await write(`keys/${type}/config`, { min_decryption_version: 2 })
      const { backup } = await read(`backup/${type}`)
      await write(`restore/again-${type}`, { backup: backup ?? '' })
      await agrees(transit, `again-${type}`, await marks(transit, type, type))
      await agrees(transit, type, await marks(transit, `again-${type}`, type))
      await write(`keys/again-${type}/config`, { min_decryption_version: 1 })
      await agrees(transit, `again-${type}`, first)
      const view = await read(`keys/again-${type}`)
      assert.equal((view.restore_info as JsonObject).version, 3)
    }
  })

  it('of a derived and convergent key gives the same ciphertexts, trimmed or not', async (t) => {
    const { read, write } = await startTransit(t)
    const settings = {
      auto_rotate_period: '8760h',
      derived: true,
      convergent_encryption: true,
      exportable: true,
      allow_plaintext_backup: true,
    }
    await write('keys/k', settings)
    await write('keys/k/rotate')
    await write('keys/k/config', { min_decryption_version: 2, min_encryption_version: 2 })
    for (const trimmed of [false, true]) {
      if (trimmed) await write('keys/k/trim', { min_available_version: 2 })
      const { backup } = await read('backup/k')
      await write('restore/again', { backup: backup ?? '', force: true })
      const fields = { plaintext: 'AA==', context: base64('c') }
      assert.deepEqual(await write('encrypt/again', fields), await write('encrypt/k', fields))
      assert.equal((await read('keys/again')).auto_rotate_period, 8760 * 3600)
    }
  })

  it('needs both settings, and a name that is free unless it is forced', async (t) => {
    const { server, read, refusal, write } = await startTransit(t)
    await write('keys/e', { exportable: true })
    assert.match(String(await server.ask('read', 'transit/backup/e')), /plaintext backup is disallowed/)
    assert.match(String(await server.ask('read', 'transit/backup/none')), /not found/)
    await write('keys/e/config', { allow_plaintext_backup: true })
    const { backup = '' } = await read('backup/e')
    assert.match(await refusal('restore', { backup }), /"e" already exists/)
    await write('restore', { backup, force: true })
    assert.match(await refusal('restore', {}), /must be supplied/)
  })

  it('that was changed is refused or is a key that works, and nothing is half restored', async (t) => {
    const { server, read, write } = await startTransit(t)
    const backups: string[] = []
    for (const type of ['aes256-gcm96', 'ed25519', 'ecdsa-p256', 'rsa-2048', 'hmac']) {
      await write(`keys/${type}`, { type, exportable: true, allow_plaintext_backup: true })
      backups.push(Buffer.from(String((await read(`backup/${type}`)).backup), 'base64').toString())
    }
    const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('1e400', -1, '', []))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...backups),
        fc.nat(),
        fc.nat(),
        value,
        async (text, which, second, other) => {
          const names = [...text.matchAll(/"(\w+)":/g)].map(([, name]) => name ?? '')
          const chosen = [which, second].map((at) => names[at % names.length] ?? '')
          const changed = JSON.stringify(
            JSON.parse(text, (key, was: unknown, context?: { source?: string }) => {
              if (chosen.includes(key)) return other
              const isBig = typeof was === 'number' && !Number.isSafeInteger(was)
              // biome-ignore lint/suspicious/noExplicitAny: TypeScript does not know rawJSON yet
              return isBig ? (JSON as any).rawJSON(context?.source ?? '0') : was
            }),
          )
          const fields = { backup: base64(changed), force: true }
          const reply = await server.ask('write', 'transit/restore/changed', { fields })
          if (codeOf(reply) !== undefined) {
            assert.match(String(codeOf(reply)), /^invalid_request/)
            return
          }
          for (const [path, sent] of [
            ['hmac/changed', { input: '' }],
            ['sign/changed', { input: '' }],
            ['encrypt/changed', { plaintext: '', context: 'AA==' }],
          ] as const) {
            const used = codeOf(await server.ask('write', `transit/${path}`, { fields: sent }))
            assert.ok(used === undefined || used.startsWith('invalid_request'), `${chosen} ${path}`)
          }
          assert.equal(codeOf(await server.ask('read', 'transit/keys/changed')), undefined)
        },
      ),
      { numRuns: 400 },
    )
  })
})
