import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import { auditTo } from '../../../test/support/audit.ts'
import { temporaryFile } from '../../../test/support/folder.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import type { JsonObject } from '../../base/json/json.ts'

async function start(t: TestContext, more: Record<string, string> = {}) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const { file } = await auditTo(t, server, more)
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  const lines = async (fields: JsonObject = {}, path = 'sys/audit-log/file') => {
    const data = dataOf(await server.ask('read', path, { fields }))
    return (data.lines as { line: string }[]).map(({ line }) => JSON.parse(line) as JsonObject)
  }
  const verify = async (fields: JsonObject = {}) =>
    dataOf(await server.ask('read', 'sys/audit-verify/file', { fields }))
  return { server, file, lines, verify }
}

const pathsOf = (lines: readonly JsonObject[]) =>
  lines.map(({ type, request }) => `${type} ${(request as JsonObject | undefined)?.path}`)

describe('sys/audit-log', () => {
  it('shows the lines of the device’s file, the newest first, by pages and filters', async (t) => {
    const { server, lines } = await start(t)
    await server.ask('write', 'kv/a', { fields: { v: 'x' } })
    await server.ask('read', 'kv/none')
    assert.deepEqual(pathsOf(await lines({ limit: 3 })), [
      'request sys/audit-log/file',
      'response kv/none',
      'request kv/none',
    ])
    assert.deepEqual(pathsOf(await lines({ path: 'kv/', type: 'response' })), [
      'response kv/none',
      'response kv/a',
    ])
    assert.deepEqual(pathsOf(await lines({ path: 'kv/a', operation: 'create', person: 'ROOT' })), [
      'response kv/a',
      'request kv/a',
    ])
    const first = dataOf(await server.ask('read', 'sys/audit-log/file', { fields: { limit: 1 } }))
    const second = await lines({ limit: 1, before: first.next ?? 0 })
    assert.deepEqual(pathsOf(second), ['response sys/audit-log/file'])
    assert.equal(dataOf(await server.ask('read', 'sys/audit-log/file', { fields: { before: 0 } })).next, null)
    const { hash } = dataOf(await server.ask('write', 'sys/audit-hash/file', { fields: { input: 'x' } }))
    assert.deepEqual(pathsOf(await lines({ text: String(hash), path: 'kv' })), [
      'response kv/a',
      'request kv/a',
    ])
  })

  it('is in the log itself by who asked for what, and not with what was shown', async (t) => {
    const { server, file, lines } = await start(t)
    await server.ask('write', 'kv/a', { fields: { v: 'x' } })
    for (let i = 0; i < 5; i++) await lines({ limit: 100 })
    const before = readFileSync(file, 'utf8').length
    const [entry] = await lines({ limit: 100 })
    const added = readFileSync(file, 'utf8').slice(before)
    assert.ok(added.length < 4000, `${added.length} bytes`)
    assert.match(added, /"limit":100/)
    const response = JSON.parse(added.split('\n').find((line) => line.includes('"type":"response"')) ?? '{}')
    assert.deepEqual(Object.keys(response.response.data).sort(), ['bytes', 'lines', 'looked', 'next'])
    assert.equal(typeof response.response.data.lines, 'number')
    assert.equal(entry?.type, 'request')
  })

  it('is for those with sudo, and of a device’s own files alone', async (t) => {
    const { server, file } = await start(t)
    const policy = 'path "sys/audit*" { capabilities = ["read", "list", "update"] }'
    await server.ask('write', 'sys/policies/acl/no-sudo', { fields: { policy } })
    const token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['no-sudo'] } }),
    )
    for (const path of ['sys/audit-log', 'sys/audit-log/file', 'sys/audit-verify/file']) {
      assert.equal(codeOf(await server.ask('read', path, { token })), 'policy_denied', path)
    }
    writeFileSync(`${file}.1`, readFileSync(file))
    for (const process of ['1', '99']) {
      const reply = await server.ask('read', 'sys/audit-log/file', { fields: { process } })
      assert.equal(codeOf(reply), 'not_found', process)
    }
    for (const process of ['../x', '100', '-1', '.1', '1/..']) {
      const reply = await server.ask('read', 'sys/audit-log/file', { fields: { process } })
      assert.equal(codeOf(reply), 'invalid_request', process)
    }
    for (const path of ['none', 'file/x', 'fil']) {
      assert.equal(codeOf(await server.ask('read', `sys/audit-log/${path}`)), 'not_found', path)
    }
    for (const fields of [
      { from: 'yesterday' },
      { type: 'both' },
      { outcome: 'ok' },
      { before: -1 },
      { limit: 0 },
    ]) {
      const reply = await server.ask('read', 'sys/audit-log/file', { fields })
      assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(fields))
    }
  })

  it('shows no log in clear', async (t) => {
    const { server } = await start(t, { log_raw: 'true' })
    for (const path of ['sys/audit-log/file', 'sys/audit-verify/file']) {
      assert.equal(codeOf(await server.ask('read', path)), 'invalid_request', path)
    }
  })

  it('shows no log that was written in clear before, by any device', async (t) => {
    const { server, file } = await start(t, { log_raw: 'true' })
    await server.ask('write', 'kv/a', { fields: { v: 'in clear' } })
    await server.ask('delete', 'sys/audit/file')
    for (const [name, path] of [
      ['file', file],
      ['other', file.replace('/audit.log', '//audit.log')],
    ] as const) {
      const fields = { type: 'file', options: { file_path: path } }
      assert.equal(codeOf(await server.ask('write', `sys/audit/${name}`, { fields })), undefined)
      for (const route of ['audit-log', 'audit-verify']) {
        assert.equal(codeOf(await server.ask('read', `sys/${route}/${name}`)), 'invalid_request', route)
      }
      const [device] = dataOf(await server.ask('read', 'sys/audit-log')).devices as JsonObject[]
      assert.equal(device?.readable, false)
      await server.ask('delete', `sys/audit/${name}`)
    }
  })

  it('shows no log that a device of the configuration wrote in clear before', async (t) => {
    const path = temporaryFile()
    const main = (options: Record<string, string>) => [
      { type: 'file', name: 'main', description: '', options: { file_path: `${path}.log`, ...options } },
    ]
    const first = await startTestNode({ path, audit: main({ log_raw: 'true' }) })
    t.after(() => first.stop())
    const server = await startTestNode({ path, cluster: first, process: 1, audit: main({}) })
    t.after(() => server.stop())
    const device = dataOf(await server.ask('read', 'sys/audit'))['main/'] as JsonObject
    assert.deepEqual(device.options, { file_path: `${path}.log` })
    assert.equal(codeOf(await server.ask('read', 'sys/audit-log/main')), 'invalid_request')
  })

  it('tells how devices are and which logs they have', async (t) => {
    const { server } = await start(t)
    const discard = { type: 'file', options: { file_path: 'discard' }, description: 'nothing' }
    await server.ask('write', 'sys/audit/none', { fields: discard })
    const data = dataOf(await server.ask('read', 'sys/audit-log'))
    const [one, other] = data.devices as JsonObject[]
    assert.deepEqual([one?.path, one?.trouble, one?.readable], ['file/', null, true])
    const [log] = (one?.logs ?? []) as JsonObject[]
    assert.equal(log?.process, '')
    assert.ok(Number(log?.bytes) > 1000)
    assert.deepEqual([other?.path, other?.readable, other?.logs], ['none/', false, []])
    assert.match(String(data.public_key), /^-----BEGIN PUBLIC KEY-----/)
  })
})

describe('sys/audit-verify', () => {
  it('passes a log as it was written, up to its newest line', async (t) => {
    const { server, file, verify } = await start(t)
    await server.ask('write', 'kv/a', { fields: { v: 'x' } })
    const before = readFileSync(file, 'utf8').split('\n').length - 1
    const result = await verify()
    assert.deepEqual([result.ok, result.findings, result.from, result.continues], [true, [], 0, null])
    // The request itself is in the log by then.
    assert.equal(result.lines, before + 1)
    assert.deepEqual([result.signatures, result.segments], [1, 1])
  })

  it('reads and checks the logs of further processes of the node, by their own heads', async (t) => {
    const { server, lines, verify } = await start(t)
    const other = await server.another()
    await other.ask('write', 'kv/by-the-other', { fields: { v: 'x' } })
    await other.node.stop()
    assert.ok(pathsOf(await lines({ process: '1' })).includes('response kv/by-the-other'))
    assert.deepEqual(pathsOf(await lines({ path: 'kv/by-the-other' })), [])
    const { ok, unsigned } = await verify({ process: '1' })
    assert.deepEqual([ok, unsigned], [true, 0])
  })

  it('finds that the end was cut off, by the head that storage knows', async (t) => {
    const { server, file, verify } = await start(t)
    const other = await server.another()
    await other.ask('write', 'kv/a', { fields: { v: 'x' } })
    await other.node.stop()
    const log = file.replace('.log', '.p1.log')
    const lines = readFileSync(log, 'utf8').split('\n')
    const write = lines.findIndex((line) => line.includes('"path":"kv/a"'))
    writeFileSync(log, `${lines.slice(0, write).join('\n')}\n`)
    const { ok, findings } = await verify({ process: '1' })
    assert.equal(ok, false)
    assert.deepEqual(
      (findings as JsonObject[]).map(({ kind }) => kind),
      ['cut_off'],
    )
  })

  it('finds a line that was changed, and says which', async (t) => {
    const { server, file, verify } = await start(t)
    for (const name of ['a', 'b', 'c']) await server.ask('write', `kv/${name}`, { fields: { v: 'x' } })
    const lines = readFileSync(file, 'utf8').split('\n')
    const at = lines.findIndex((line) => line.includes('"path":"kv/b"'))
    lines[at] = (lines[at] ?? '').replace('kv/b', 'kv/x')
    writeFileSync(file, lines.join('\n'))
    const result = await verify()
    assert.equal(result.ok, false)
    const findings = (result.findings as JsonObject[]).map(({ line, kind }) => `${line} ${kind}`)
    assert.deepEqual(findings, [`${at + 1} recomputed`, `${at + 1} changed`])
  })
})
