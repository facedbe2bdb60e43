import assert from 'node:assert/strict'
import { createHash, createPublicKey } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { manualClock } from '../base/clock.ts'
import { type BrokerParts, createBroker, type DeviceRow } from './broker.ts'
import type { Head } from './chain/chain.ts'
import { verifyLogs } from './chain/verify.ts'
import { writeTimeout } from './device/device.ts'
import type { Sink } from './device/file.ts'
import type { AuditMount, AuditRequest } from './entry.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-broker-'))
after(() => rmSync(folder, { recursive: true }))
const derive = (purpose: string) => createHash('sha256').update(`test ${purpose}`).digest()
let count = 0

function rig(more: Partial<BrokerParts> = {}) {
  const heads = new Map<string, Head>()
  const reports: string[] = []
  const timers = new Set<{ milliseconds: number; run: () => void }>()
  const broker = createBroker({
    derive,
    clock: manualClock(),
    uuid: () => 'test-id',
    node: 'n1',
    process: '',
    forbidden: [],
    folder,
    readHead: async (device) => heads.get(device),
    writeHead: async (device, head) => void heads.set(device, head),
    report: (text) => reports.push(text),
    timer: (milliseconds, run) => {
      const entry = { milliseconds, run }
      timers.add(entry)
      return () => timers.delete(entry)
    },
    ...more,
  })
  const timeOut = () => {
    for (const entry of timers) if (entry.milliseconds === writeTimeout) entry.run()
  }
  const isWaiting = () => [...timers].some(({ milliseconds }) => milliseconds === writeTimeout)
  return { broker, heads, reports, timeOut, isWaiting }
}

function row(options: Record<string, string> = {}, more: Partial<DeviceRow> = {}): DeviceRow {
  const uuid = `device-${++count}`
  return {
    uuid,
    version: '1',
    path: `${uuid}/`,
    type: 'file',
    options: { file_path: join(folder, `${uuid}.log`), ...options },
    ...more,
  }
}

const mount: AuditMount = { point: 'kv/', type: 'kv', accessor: 'kv_1', version: 'v1', class: 'secret' }
const entry: AuditRequest = { id: 'r1', operation: 'read', path: 'kv/a', mount }
const pathOf = ({ options }: DeviceRow) => options.file_path as string
const read = (device: DeviceRow) =>
  readFileSync(pathOf(device), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(
      (line) =>
        JSON.parse(line) as { type: string; request?: { path: string; data?: unknown }; error?: string },
    )
const entries = (device: DeviceRow) =>
  read(device).filter(({ type }) => type === 'request' || type === 'response')
const failed = { code: 'audit_failed' }

/** A sink that does what a test wants of it. */
const sinkOf = (write: Sink['write']): Sink => ({
  write,
  sync: async () => {},
  isRemoved: () => false,
  check: () => 'fine',
  tail: undefined,
  identity: 'test',
  close: async () => {},
})

describe('without audit devices', () => {
  it('nothing is recorded and nothing fails', async () => {
    const { broker } = rig()
    await broker.logRequest(entry)
    await broker.logResponse(entry, {})
    assert.deepEqual(broker.troubles(), [])
    await broker.close()
  })
})

describe('an audit device', () => {
  it('gets a line for each request and each answer', async () => {
    const { broker } = rig()
    const device = row()
    broker.configure([device])
    await broker.logRequest(entry)
    await broker.logResponse(entry, { data: { a: 'x' } })
    await broker.logRequest(entry, 'permission denied')
    assert.deepEqual(
      entries(device).map(({ type, error }) => [type, error]),
      [
        ['request', undefined],
        ['response', undefined],
        ['request', 'permission denied'],
      ],
    )
    await broker.close()
  })

  it('has a salt of its own, and the hash that sys/audit-hash gives', async () => {
    const { broker } = rig()
    const [one, two] = [row(), row()]
    broker.configure([one, two])
    await broker.logRequest({ ...entry, data: { a: 'x' } })
    for (const device of [one, two]) {
      assert.deepEqual(entries(device)[0]?.request?.data, { a: broker.hash(device.path, 'x') })
    }
    assert.notEqual(broker.hash(one.path, 'x'), broker.hash(two.path, 'x'))
    assert.equal(broker.hash(one.path.slice(0, -1), 'x'), broker.hash(one.path, 'x'))
    assert.throws(() => broker.hash('none', 'x'), {
      code: 'invalid_request',
      message: 'unknown audit backend "none/"',
    })
    await broker.close()
  })

  it('keeps its salt over restarts', async () => {
    const device = row()
    const hash = async () => {
      const { broker } = rig()
      broker.configure([device])
      const text = broker.hash(device.path, 'x')
      await broker.close()
      return text
    }
    assert.equal(await hash(), await hash())
  })

  it('that discards takes everything and has a hash as well', async () => {
    const { broker } = rig()
    const device = row({ file_path: 'discard' })
    await broker.enable(device)
    broker.configure([device])
    await broker.logRequest(entry)
    assert.match(broker.hash(device.path, 'x'), /^hmac-sha256:[0-9a-f]{64}$/)
    await broker.close()
  })

  it('can be checked with the public key that lies beside it, and with the stored head', async () => {
    const { broker, heads } = rig()
    const device = row()
    broker.configure([device])
    for (let i = 0; i < 5; i++) await broker.logRequest(entry)
    await broker.close()
    const pem = readFileSync(`${pathOf(device)}.pub`, 'utf8')
    assert.equal(pem, broker.publicKey())
    const head = heads.get(device.uuid)
    assert.equal(head?.seq, 6)
    const result = await verifyLogs([pathOf(device)], { publicKey: createPublicKey(pem), head })
    assert.deepEqual(result.findings, [])
  })

  it('says when another key lies beside it', async () => {
    const { broker, reports } = rig()
    const device = row()
    writeFileSync(`${pathOf(device)}.pub`, 'other')
    broker.configure([device])
    await broker.logRequest(entry)
    assert.match(reports.join(), /public key .* holds something else/)
    await broker.close()
  })

  it('of a second process has a file of its own', async () => {
    const { broker } = rig({ process: '2' })
    const device = row()
    broker.configure([device])
    await broker.logRequest(entry)
    assert.equal(existsSync(pathOf(device)), false)
    assert.equal(existsSync(pathOf(device).replace('.log', '.p2.log')), true)
    await broker.close()
  })
})

describe('enabling an audit device', () => {
  it('writes an update of sys/audit/test first, and the device takes over from there', async () => {
    const { broker } = rig()
    const device = row()
    await broker.enable(device)
    assert.equal(read(device)[0]?.request?.path, 'sys/audit/test')
    await broker.logRequest(entry)
    assert.equal(read(device).length, 1)
    broker.configure([device])
    await broker.logRequest(entry)
    assert.deepEqual(
      read(device).map(({ request }) => request?.path),
      ['sys/audit/test', 'kv/a'],
    )
    await broker.close()
  })

  it('fails with what is in the way, and leaves no device', async () => {
    const { broker } = rig()
    writeFileSync(join(folder, 'text.log'), 'no log')
    const device = row({ file_path: join(folder, 'text.log') })
    await assert.rejects(broker.enable(device), {
      code: 'invalid_request',
      message: /audit backend failed test message: .*no audit log/,
    })
    await assert.rejects(broker.enable(row({ file_path: '' })), { code: 'invalid_request' })
    await assert.rejects(broker.enable(row({}, { type: 'tape' })), {
      message: 'unknown backend type: "tape"',
    })
    rmSync(join(folder, 'text.log'))
    await broker.enable(device)
    await broker.close()
  })

  it('refuses a place outside of the folder for requested logs, and makes nothing there', async () => {
    const inside = join(folder, 'requested')
    const { broker } = rig({ folder: inside })
    const path = join(folder, 'outside', 'a.log')
    await assert.rejects(broker.enable(row({ file_path: path })), {
      code: 'invalid_request',
      message: `the log of an audit device must lie below ${inside} (audit_log_folder of the configuration)`,
    })
    assert.equal(existsSync(join(folder, 'outside')), false)
    await broker.enable(row({ file_path: join(inside, 'a.log') }))
    await broker.close()
  })

  it('refuses a file that another device writes to', async () => {
    const { broker } = rig()
    const device = row()
    await broker.enable(device)
    const same = row(device.options)
    await assert.rejects(broker.enable(same), { code: 'invalid_request', message: /writes to .* already/ })
    const spelled = row({ file_path: (device.options.file_path ?? '').replace(/\/(?=[^/]*$)/, '//') })
    await assert.rejects(broker.enable(spelled), { code: 'invalid_request', message: /already/ })
    broker.configure([device])
    await assert.rejects(broker.enable(same), { code: 'invalid_request' })
    await broker.close()
  })

  it('can be tried again when its row could not be stored', async () => {
    const { broker, heads } = rig()
    const device = row()
    await broker.enable(device)
    const again = { ...device, uuid: `${device.uuid}-again` }
    await broker.enable(again)
    broker.configure([again])
    await broker.logRequest(entry)
    await broker.close()
    assert.deepEqual(
      entries(device).map(({ request }) => request?.path),
      ['sys/audit/test', 'sys/audit/test', 'kv/a'],
    )
    const result = await verifyLogs([pathOf(device)], {
      publicKey: createPublicKey(broker.publicKey()),
      head: heads.get(again.uuid),
    })
    assert.deepEqual(result.findings, [])
  })

  it('can be taken back', async () => {
    const { broker } = rig()
    const device = row()
    await broker.enable(device)
    await broker.withdraw(device.uuid)
    await broker.enable(row(device.options))
    await broker.close()
  })
})

describe('configuring audit devices', () => {
  it('closes those that are gone, with a checkpoint', async () => {
    const { broker } = rig()
    const device = row()
    broker.configure([device])
    await broker.logRequest(entry)
    broker.configure([])
    await broker.logRequest(entry)
    await broker.close()
    assert.deepEqual(
      read(device).map(({ type }) => type),
      ['segment', 'request', 'checkpoint'],
    )
  })

  it('opens a changed one anew, after its last lines are written', async () => {
    const { broker, heads } = rig()
    const device = row()
    broker.configure([device])
    const first = broker.logRequest(entry)
    const changed = { ...device, version: '2', options: { ...device.options, log_raw: 'true' } }
    broker.configure([changed])
    const second = broker.logRequest({ ...entry, data: { a: 'x' } })
    await Promise.all([first, second])
    assert.deepEqual(entries(device).at(-1)?.request?.data, { a: 'x' })
    await broker.close()
    const result = await verifyLogs([pathOf(device)], {
      publicKey: createPublicKey(broker.publicKey()),
      head: heads.get(device.uuid),
    })
    assert.deepEqual(result.findings, [])
    assert.equal(result.segments.length, 2)
  })

  it('keeps those that have not changed', async () => {
    const { broker } = rig()
    const [one, two] = [row(), row()]
    broker.configure([one])
    await broker.logRequest(entry)
    broker.configure([{ ...one }, two])
    await broker.logRequest(entry)
    assert.deepEqual(
      read(one).map(({ type }) => type),
      ['segment', 'request', 'request'],
    )
    assert.equal(entries(two).length, 1)
    await broker.close()
  })

  it('never leaves out a device that it cannot understand: requests fail', async () => {
    const { broker, reports } = rig()
    const device = row({}, { type: 'tape' })
    broker.configure([device])
    await assert.rejects(broker.logRequest(entry), failed)
    assert.match(reports[0] ?? '', /unknown backend type/)
    assert.deepEqual(broker.troubles(), [{ path: device.path, text: 'unknown backend type: "tape"' }])
    await broker.close()
  })
})

describe('audit devices that fail', () => {
  it('fail the request when none of them took the line, until one does', async () => {
    let isBroken = true
    const { broker } = rig({
      open: async () =>
        sinkOf(() => {
          if (isBroken) throw new Error('EIO: i/o error, write')
        }),
    })
    const device = row()
    broker.configure([device])
    await assert.rejects(broker.logRequest(entry), failed)
    await assert.rejects(broker.logResponse(entry, {}), failed)
    assert.match(broker.troubles()[0]?.text ?? '', /EIO/)
    await broker.close()
    isBroken = false
    broker.configure([{ ...device }])
    await broker.logRequest(entry)
    assert.deepEqual(broker.troubles(), [])
    await broker.close()
  })

  it('do not matter while another one works', async () => {
    const good = row()
    const bad = row()
    const { broker, reports } = rig({
      open: async ({ destination }) =>
        sinkOf(() => {
          if (destination.kind === 'file' && destination.path === pathOf(bad)) throw new Error('EIO')
        }),
    })
    broker.configure([bad, good])
    await broker.logRequest(entry)
    await broker.logResponse(entry, {})
    assert.deepEqual(
      broker.troubles().map(({ path }) => path),
      [bad.path],
    )
    assert.equal(reports.filter((text) => text.includes('fails')).length, 1)
    broker.configure([bad, { ...bad, uuid: 'another' }])
    await assert.rejects(broker.logRequest(entry), failed)
    await broker.close()
  })

  it('that hang hold a request up for a bounded time, and the next ones not at all', async () => {
    const bad = row()
    let lines = 0
    const { broker, timeOut, isWaiting } = rig({
      open: async ({ destination }) =>
        sinkOf(() => {
          if (destination.kind !== 'file' || destination.path !== pathOf(bad)) return
          if (++lines > 2) return new Promise(() => {})
        }),
    })
    broker.configure([bad, row()])
    await broker.logRequest(entry)
    const held = broker.logRequest(entry)
    while (!isWaiting()) await new Promise((resolve) => setImmediate(resolve))
    timeOut()
    await held
    await broker.logRequest(entry)
    assert.match(broker.troubles()[0]?.text ?? '', /did not answer/)
    await broker.close()
  })

  it('fail the request when its line cannot be made', async () => {
    const { broker, reports } = rig()
    broker.configure([row()])
    const broken = { ...entry, data: { a: Symbol('no JSON') } } as unknown as AuditRequest
    const looping: Record<string, unknown> = {}
    looping.self = looping
    await assert.rejects(broker.logRequest({ ...entry, data: looping as never }), failed)
    await broker.logRequest(broken)
    assert.match(reports.join(), /could not be put into a line/)
    await broker.close()
  })
})

describe('after a log was moved away', () => {
  it('all devices go on in new files', async () => {
    const { broker, heads, reports } = rig()
    const [one, two] = [row(), row()]
    broker.configure([one, two])
    await broker.logRequest(entry)
    for (const device of [one, two]) renameSync(pathOf(device), `${pathOf(device)}.1`)
    await broker.reopen()
    await broker.logRequest(entry)
    await broker.close()
    for (const device of [one, two]) {
      const result = await verifyLogs([`${pathOf(device)}.1`, pathOf(device)], {
        publicKey: createPublicKey(broker.publicKey()),
        head: heads.get(device.uuid),
      })
      assert.deepEqual(result.findings, [])
      assert.equal(entries(device).length, 1)
    }
    assert.deepEqual(reports, [])
  })

  it('one that cannot be opened again is reported', async () => {
    const { broker, reports } = rig()
    const device = row()
    broker.configure([device])
    await broker.logRequest(entry)
    renameSync(pathOf(device), `${pathOf(device)}.1`)
    writeFileSync(pathOf(device), 'no log')
    await broker.reopen()
    assert.match(reports[0] ?? '', /could not be opened again/)
    await broker.close()
  })
})
