import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { keysOf } from '../../../test/support/rows.ts'
import { allTypes, base64, startTransit } from '../../../test/support/transit-mount.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { ReadResult, Store } from '../../storage/store.ts'
import { emptyKey } from './keys/create.ts'
import { secretOf } from './keys/material.ts'
import { keys } from './keys/record.ts'
import { addVersion, trimmed } from './keys/versions.ts'

describe('a key of transit', () => {
  it('has its name, type and versions, and shows none of its secrets', async (t) => {
    const { server, write } = await startTransit(t)
    for (const type of allTypes) {
      const view = await write(`keys/${type}`, { type })
      assert.deepEqual([view.name, view.type, view.latest_version], [type, type, 1])
      assert.deepEqual(Object.keys(view.keys as object), ['1'])
      assert.doesNotMatch(JSON.stringify(view), /PRIVATE|"secret"|"hmac":/)
    }
    assert.deepEqual(dataOf(await server.ask('list', 'transit/keys')).keys, [...allTypes].sort())
  })

  it('is refused with settings that do not go together', async (t) => {
    const { server, refusal } = await startTransit(t)
    const before = await keysOf(server.store)
    for (const [fields, text] of [
      [{ type: 'xchacha20-poly1305' }, /unknown key type/],
      [{ type: 'toString' }, /unknown key type/],
      [{ type: 'rsa-2048', derived: true }, /not supported for keys of type rsa-2048/],
      [{ type: 'hmac', derived: true }, /not supported for keys of type hmac/],
      [{ type: 'hmac', key_size: 31 }, /invalid key_size 31/],
      [{ type: 'hmac', key_size: 513 }, /invalid key_size 513/],
      [{ key_size: 32 }, /key_size is not valid for algorithm aes256-gcm96/],
      [{ auto_rotate_period: '59m' }, /at least an hour/],
    ] as const) {
      assert.match(await refusal('keys/k', fields), text)
    }
    for (const name of ['-k', 'k-', '.k', 'ä', 'a b', 'a:b', '..a', 'k.']) {
      assert.equal(codeOf(await server.ask('write', `transit/keys/${name}`)), 'unsupported_path', name)
    }
    assert.deepEqual(await keysOf(server.store), before)
  })

  it('is deleted only when that is allowed', async (t) => {
    const { server, write } = await startTransit(t)
    const before = await keysOf(server.store)
    await write('keys/k')
    assert.equal(codeOf(await server.ask('delete', 'transit/keys/k')), 'invalid_request')
    await write('keys/k/config', { deletion_allowed: true })
    assert.equal(codeOf(await server.ask('delete', 'transit/keys/k')), undefined)
    assert.equal(codeOf(await server.ask('delete', 'transit/keys/k')), 'invalid_request')
    assert.deepEqual(await keysOf(server.store), before)
  })

  it('gives up neither being exportable nor its backups', async (t) => {
    const { write } = await startTransit(t)
    await write('keys/k', { exportable: true, allow_plaintext_backup: true })
    const view = await write('keys/k/config', { exportable: false, allow_plaintext_backup: false })
    assert.deepEqual([view.exportable, view.allow_plaintext_backup], [true, true])
  })

  it('does nothing while it is marked as deleted, and all of it again afterwards', async (t) => {
    const { server, refusal, write } = await startTransit(t)
    await write('keys/k', { exportable: true, allow_plaintext_backup: true })
    const { ciphertext } = await write('encrypt/k', { plaintext: '' })
    assert.equal(dataOf(await server.ask('delete', 'transit/keys/k/soft-delete')).soft_deleted, true)
    for (const [path, fields] of [
      ['encrypt/k', { plaintext: '' }],
      ['decrypt/k', { ciphertext: ciphertext ?? '' }],
      ['rewrap/k', { ciphertext: ciphertext ?? '' }],
      ['hmac/k', { input: '' }],
      ['verify/k', { input: '', hmac: 'vault:v1:' }],
      ['datakey/plaintext/k', {}],
      ['keys/k/rotate', {}],
    ] as const) {
      assert.match(await refusal(path, fields), /refusing to use soft-deleted key/, path)
    }
    for (const path of ['export/encryption-key/k', 'backup/k']) {
      assert.match(String(await server.ask('read', `transit/${path}`)), /soft-deleted/, path)
    }
    await write('keys/k/soft-delete-restore')
    assert.equal((await write('decrypt/k', { ciphertext: ciphertext ?? '' })).plaintext, '')
  })
})

describe('versions of a key', () => {
  it('below the minimum neither decrypt nor encrypt, and are gone for good once they are trimmed', async (t) => {
    const { read, refusal, write } = await startTransit(t)
    await write('keys/k', { exportable: true })
    const old = String((await write('encrypt/k', { plaintext: 'AA==' })).ciphertext)
    for (let i = 0; i < 2; i++) await write('keys/k/rotate')
    await write('keys/k/config', { min_decryption_version: 2, min_encryption_version: 2 })
    assert.deepEqual(Object.keys((await read('export/encryption-key/k')).keys as object), ['2', '3'])
    assert.match(await refusal('decrypt/k', { ciphertext: old }), /too old/)
    await write('keys/k/config', { min_decryption_version: 1 })
    assert.equal((await write('decrypt/k', { ciphertext: old })).plaintext, 'AA==')
    await write('keys/k/config', { min_decryption_version: 2 })
    await write('keys/k/trim', { min_available_version: 2 })
    assert.match(await refusal('keys/k/config', { min_decryption_version: 1 }), /min available version/)
    assert.match(await refusal('keys/k/config', { min_encryption_version: 0 }), /min available version/)
    assert.match(await refusal('keys/k/trim', { min_available_version: 1 }), /cannot be decremented/)
    assert.match(await refusal('decrypt/k', { ciphertext: old }), /too old/)
    assert.equal((await write('encrypt/k', { plaintext: '', key_version: 2 })).key_version, 2)
  })

  it('have minimums that there are versions for', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k')
    await write('keys/k/rotate')
    for (const [fields, text] of [
      [{ min_decryption_version: 3 }, /latest key version is 2/],
      [{ min_encryption_version: 3 }, /latest key version is 2/],
      [{ min_decryption_version: -1 }, /cannot be negative/],
      [{ min_decryption_version: 2, min_encryption_version: 1 }, /greater than or equal to/],
    ] as const) {
      assert.match(await refusal('keys/k/config', fields), text)
    }
  })

  it('come by themselves before a key is used whose time is over, and not of keys that may not rotate', async (t) => {
    const { server, read, write } = await startTransit(t)
    await write('keys/k', { auto_rotate_period: '2h' })
    const latest = async () => (await read('keys/k')).latest_version
    server.clock.advance(2 * 3600_000 - 1)
    assert.equal((await write('encrypt/k', { plaintext: '' })).key_version, 1)
    server.clock.advance(1)
    const { ciphertext, key_version: version } = await write('encrypt/k', { plaintext: 'AA==' })
    assert.equal(version, 2)
    assert.equal((await write('encrypt/k', { plaintext: '' })).key_version, 2)
    server.clock.advance(100 * 3600_000)
    assert.equal((await write('decrypt/k', { ciphertext: ciphertext ?? '' })).plaintext, 'AA==')
    assert.equal(await latest(), 2, 'nothing new is made by decrypting')
    for (const [path, fields] of [
      ['hmac/k', { input: '' }],
      ['datakey/wrapped/k', {}],
      ['rewrap/k', { ciphertext: ciphertext ?? '' }],
    ] as const) {
      const before = await latest()
      await write(path, fields)
      assert.equal(await latest(), Number(before) + 1, path)
      server.clock.advance(2 * 3600_000)
    }
  })

  it('are never more than the row of a key holds', () => {
    let key = emptyKey({ type: 'hmac' })
    const material = { secret: base64(Buffer.alloc(512)) }
    for (let i = 0; i < 1000; i++) key = addVersion(key, material, 1_800_000_000_000)
    keys.encode(key)
    for (let i = 0; i < 1000; i++) key = addVersion(key, material, 1_800_000_000_000)
    assert.throws(() => keys.encode(key), /too many versions/)
    keys.encode(trimmed(key, 1500))
  })
})

describe('what a node knows of keys', () => {
  it('is never what another node has changed meanwhile', async (t) => {
    const { server, write } = await startTransit(t)
    await write('keys/k')
    const { ciphertext } = await write('encrypt/k', { plaintext: 'AA==' })
    const other = await server.another()
    t.after(() => other.node.stop())
    const there = async (path: string, fields: JsonObject = {}) =>
      other.ask('write', `transit/${path}`, { fields })
    const decrypt = { ciphertext: ciphertext ?? '' }
    assert.equal(dataOf(await there('decrypt/k', decrypt)).plaintext, 'AA==')
    await write('keys/k/rotate')
    assert.equal(dataOf(await there('encrypt/k', { plaintext: '' })).key_version, 2)
    await write('keys/k/config', { min_decryption_version: 2 })
    assert.match(String(await there('decrypt/k', decrypt)), /too old/)
    await write('keys/k/config', { min_decryption_version: 1, deletion_allowed: true })
    assert.equal(dataOf(await there('decrypt/k', decrypt)).plaintext, 'AA==')
    await server.ask('delete', 'transit/keys/k')
    assert.match(String(await there('decrypt/k', decrypt)), /encryption key not found/)
    await write('keys/k')
    assert.match(String(await there('decrypt/k', decrypt)), /message authentication failed/)
  })

  it('is kept decoded for as long as its row is the same', async (t) => {
    const answers: string[] = []
    const watched = (store: Store): Store => ({
      ...store,
      read(keys, known) {
        const answer = store.read(keys, known)
        const note = (results: readonly ReadResult[]) => {
          const at = keys.findIndex((key) => key.endsWith('/key/k'))
          if (at >= 0) answers.push(results[at] === 'unchanged' ? 'unchanged' : 'row')
          return results
        }
        return answer instanceof Promise ? answer.then(note) : note(answer)
      },
    })
    const { write } = await startTransit(t, { wrap: watched })
    await write('keys/k')
    answers.length = 0
    for (let i = 0; i < 3; i++) await write('encrypt/k', { plaintext: '' })
    assert.deepEqual(answers, ['unchanged', 'unchanged', 'unchanged'])
    const version = addVersion(emptyKey({ type: 'aes256-gcm96' }), { secret: 'AAAA' }, 0).versions[0]
    assert.ok(version !== undefined)
    assert.equal(secretOf(version), secretOf(version))
    assert.notEqual(secretOf(version), secretOf({ ...version }))
  })
})
