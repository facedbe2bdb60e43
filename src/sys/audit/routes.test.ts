import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { auditTo } from '../../../test/support/audit.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import { settingsFor } from '../../../test/support/spaces.ts'
import type { JsonObject } from '../../base/json/json.ts'

async function start(t: TestContext, options: Parameters<typeof startTestNode>[0] = {}) {
  // The logs of test nodes may lie among the temporary files.
  const folder = await mkdtemp(join(tmpdir(), 'coffer-audit-routes-'))
  const server = await startTestNode(options)
  t.after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const file = (name: string) => join(folder, name)
  const enable = (name: string, fields: JsonObject) => server.ask('write', `sys/audit/${name}`, { fields })
  const discard = { type: 'file', options: { file_path: 'discard' } }
  const devices = async () => dataOf(await server.ask('read', 'sys/audit'))
  return { server, file, enable, discard, devices }
}

describe('sys/audit', () => {
  it('enables devices, shows them by their paths and disables them', async (t) => {
    const { server, file, enable, discard, devices } = await start(t)
    assert.deepEqual(await devices(), {})
    const options = { file_path: file('a.log'), mode: '0640' }
    const described = { type: 'file', description: 'For the auditors', local: true, options }
    assert.deepEqual(await enable('one', described), {})
    assert.equal(codeOf(await enable('deep/two', discard)), undefined)
    assert.ok(existsSync(file('a.log')))
    assert.deepEqual(await devices(), {
      'one/': { path: 'one/', ...described },
      'deep/two/': { path: 'deep/two/', description: '', local: false, ...discard },
    })
    assert.equal(codeOf(await server.ask('delete', 'sys/audit/one/')), undefined)
    assert.deepEqual(Object.keys(await devices()), ['deep/two/'])
    await server.ask('delete', 'sys/audit/deep/two')
    assert.deepEqual(await devices(), {})
  })

  it('takes a path once', async (t) => {
    const { enable, discard, devices } = await start(t)
    await enable('one', { ...discard, description: 'first' })
    const reply = await enable('one', { ...discard, description: 'second' })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.match(String(reply), /path already in use/)
    assert.equal((Object.values(await devices())[0] as JsonObject).description, 'first')
  })

  it('leaves all as it is when there is nothing to disable', async (t) => {
    const { server, enable, discard, devices } = await start(t)
    await enable('one', discard)
    for (const path of ['two', 'on', 'one/two']) {
      assert.equal(codeOf(await server.ask('delete', `sys/audit/${path}`)), undefined)
    }
    assert.deepEqual(Object.keys(await devices()), ['one/'])
  })

  it('refuses nonsense, and neither makes a file nor keeps a device of it', async (t) => {
    const { file, enable, devices } = await start(t)
    const options = { file_path: file('never.log') }
    const wrong: readonly (readonly [JsonObject, RegExp])[] = [
      [{}, /unknown backend type: ""/],
      [{ type: 'paper', options }, /unknown backend type: "paper"/],
      [{ type: 'File', options }, /unknown backend type: "File"/],
      [{ type: 'file' }, /file_path is required/],
      [{ type: 'file', options: { file_path: 'never.log' } }, /file_path must be absolute/],
      [{ type: 'file', options: { file_path: `${file('a')}/../never.log` } }, /without "\." and "\.\."/],
      [{ type: 'file', options: { file_path: `${file('never')}\u0000.log` } }, /not a valid path/],
      [{ type: 'file', options: { file_path: file('audit.p1.log') } }, /further processes/],
      [{ type: 'file', options: { file_path: '/etc/never.log' } }, /./],
      [{ type: 'file', options: { ...options, mode: '0999' } }, /mode must be octal/],
      [{ type: 'file', options: { ...options, format: 'jsonx' } }, /only "json" is written/],
      [{ type: 'file', options: { ...options, prefix: '#!/bin/sh' } }, /prefixing is not allowed/],
      [{ type: 'file', options: { ...options, log_raw: 'maybe' } }, /log_raw/],
      [{ type: 'file', options: { ...options, colour: 'red' } }, /unknown options .*: colour/],
      [{ type: 'file', options: { file_path: { a: 1 } } }, /./],
      [{ type: 'file', options: 7 }, /options/],
      [{ type: 'file', options, description: 'x'.repeat(4_097) }, /description/],
    ]
    for (const [fields, text] of wrong) {
      const reply = await enable('bad', fields)
      assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(fields).slice(0, 200))
      assert.match(String(reply), text)
    }
    assert.deepEqual(await devices(), {})
    assert.ok(!existsSync(file('never.log')))
    assert.ok(!existsSync('/etc/never.log'))
  })

  it('takes no log in clear where there are spaces', async (t) => {
    const { file, enable, devices } = await start(t, { spaces: [settingsFor('https://idp.example.org')] })
    const options = (raw: string) => ({ file_path: file('raw.log'), log_raw: raw })
    const reply = await enable('raw', { type: 'file', options: options('true') })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.match(String(reply), /log_raw is not taken while there are spaces/)
    assert.deepEqual([await devices(), existsSync(file('raw.log'))], [{}, false])
    assert.equal(codeOf(await enable('raw', { type: 'file', options: options('false') })), undefined)
  })

  it('is for those with sudo', async (t) => {
    const { server, discard, devices } = await start(t)
    const all = '"create", "read", "update", "delete", "list"'
    const policy = `path "sys/audit*" { capabilities = [${all}] }`
    await server.ask('write', 'sys/policies/acl/no-sudo', { fields: { policy } })
    const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['no-sudo'] } })
    const token = tokenOf(made)
    assert.equal(codeOf(await server.ask('read', 'sys/audit', { token })), 'policy_denied')
    for (const verb of ['write', 'delete'] as const) {
      const reply = await server.ask(verb, 'sys/audit/one', { token, fields: discard })
      assert.equal(codeOf(reply), 'policy_denied', verb)
    }
    assert.deepEqual(await devices(), {})
  })
})

describe('sys/audit-hash', () => {
  it('gives what a device writes in place of a text, for each device its own', async (t) => {
    const { server, enable, discard } = await start(t)
    const { linesOf } = await auditTo(t, server)
    await enable('other', discard)
    const hash = async (device: string, input: string) =>
      dataOf(await server.ask('write', `sys/audit-hash/${device}`, { fields: { input } })).hash
    const [line] = await linesOf(() => server.ask('write', 'cubbyhole/a', { fields: { k: 'some text' } }))
    assert.match(String(await hash('file', 'some text')), /^hmac-sha256:[0-9a-f]{64}$/)
    assert.equal(await hash('file', 'some text'), line?.request?.data?.k)
    assert.notEqual(await hash('file', 'some text '), line?.request?.data?.k)
    assert.notEqual(await hash('other', 'some text'), line?.request?.data?.k)
  })

  it('refuses a device that is not there, and no text', async (t) => {
    const { server, enable, discard } = await start(t)
    await enable('one', discard)
    const ask = (device: string, fields: JsonObject) =>
      server.ask('write', `sys/audit-hash/${device}`, { fields })
    for (const fields of [{}, { input: '' }]) {
      const reply = await ask('one', fields)
      assert.equal(codeOf(reply), 'invalid_request')
      assert.match(String(reply), /the "input" parameter is empty/)
    }
    assert.equal(codeOf(await ask('one', { input: { a: 1 } })), 'invalid_request')
    assert.equal(codeOf(await ask('two', { input: 'x' })), 'invalid_request')
  })
})
