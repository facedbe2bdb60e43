import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeIo } from '../testing/fake-io.ts'
import { type DevelopmentFlags, developmentOptions, greetDeveloper } from './development.ts'

const none: DevelopmentFlags = {}
const optionsOf = (flags: DevelopmentFlags, env: Record<string, string> = {}) => {
  const { settings, listeners } = developmentOptions(flags, fakeIo({ env }))
  return { ...settings, listener: listeners[0] }
}

describe('a development server', () => {
  it('keeps everything in memory, speaks plain HTTP on loopback, and has KV version 2 at secret/', () => {
    const { storage, firstMounts, rootTokenId, listener } = optionsOf(none)
    assert.deepEqual(storage, { type: 'inmem' })
    assert.deepEqual(firstMounts, [{ path: 'secret/', version: '2' }])
    assert.equal(rootTokenId, undefined)
    assert.deepEqual(listener, { host: '127.0.0.1', port: 8200, tls: 'loopback' })
  })

  it('takes its root token and its address from flags, and else from variables', () => {
    const vault = { VAULT_DEV_ROOT_TOKEN_ID: 'v', VAULT_DEV_LISTEN_ADDRESS: '127.0.0.1:1' }
    const coffer = { COFFER_DEV_ROOT_TOKEN_ID: 'c', COFFER_DEV_LISTEN_ADDRESS: '127.0.0.1:2' }
    const flags = { devRootTokenId: 'f', devListenAddress: '127.0.0.1:3' }
    const found = [optionsOf(none, vault), optionsOf(none, { ...vault, ...coffer }), optionsOf(flags, vault)]
    assert.deepEqual(
      found.map(({ rootTokenId, listener }) => [rootTokenId, listener?.port]),
      [
        ['v', 1],
        ['c', 2],
        ['f', 3],
      ],
    )
  })

  it('refuses a root token that no request could be made with, or that names a namespace', () => {
    for (const devRootTokenId of ['a b', 'a.b', 'hvs.é', 'a\n', ' ']) {
      assert.throws(() => optionsOf({ devRootTokenId }), { code: 'invalid_config' }, devRootTokenId)
    }
    assert.equal(optionsOf({ devRootTokenId: "~it's_1" }).rootTokenId, "~it's_1")
  })

  it('says what to set in another terminal, quoted', () => {
    const said = (url: string) => {
      const io = fakeIo({ home: '/h' })
      greetDeveloper({ url, rootToken: "it's", unsealKey: 'k' }, io)
      return io.out()
    }
    const expected =
      "\n  export VAULT_ADDR='http://h:1' VAULT_TOKEN='it'\\''s'\n\nUnseal Key: k\nRoot Token: it's\n"
    assert.ok(said('http://h:1').includes(expected), said('http://h:1'))
    assert.match(said('https://h:1'), / VAULT_CACERT='\/h\/\S+\/ca\.pem'\n/)
  })
})
