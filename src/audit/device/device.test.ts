import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { manualClock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { Head } from '../chain/chain.ts'
import { chainKeys } from '../chain/keys.ts'
import { parseLink } from '../chain/line.ts'
import { verifyLogs } from '../chain/verify.ts'
import {
  checkpointBytes,
  checkpointEvery,
  createDevice,
  maxWaiting,
  maxWaitingAnswers,
  writeTimeout,
} from './device.ts'
import { openLog, type Sink } from './file.ts'
import type { Timer } from './timer.ts'

const keys = chainKeys((purpose) => createHash('sha256').update(purpose).digest(), 'device')
const folder = mkdtempSync(join(tmpdir(), 'coffer-device-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0

/** Timers that go off when a test says so. */
function manualTimer() {
  const timers = new Set<{ milliseconds: number; run: () => void }>()
  const timer: Timer = (milliseconds, run) => {
    const entry = { milliseconds, run }
    timers.add(entry)
    return () => timers.delete(entry)
  }
  const fire = (milliseconds: number) => {
    for (const entry of [...timers]) {
      if (entry.milliseconds !== milliseconds) continue
      timers.delete(entry)
      entry.run()
    }
  }
  return {
    timer,
    fire,
    waiting: (milliseconds: number) => [...timers].some((t) => t.milliseconds === milliseconds),
  }
}

/** A device over a real file, with a hand on every write. */
function rig(
  options: { path?: string; around?: (sink: Sink) => Sink; writeHead?: (head: Head) => Promise<void> } = {},
) {
  const path = options.path ?? join(folder, `${++count}`, 'audit.log')
  const clock = manualClock()
  const { timer, fire, waiting } = manualTimer()
  const heads: Head[] = []
  const reports: string[] = []
  const state = { sizes: [] as number[], around: options.around ?? ((sink: Sink) => sink), opened: 0 }
  const device = createDevice({
    name: 'file/',
    origin: { device: 'device', node: 'n1', process: '' },
    keys,
    async open() {
      state.opened++
      const sink = await openLog({ path, mode: 0o600, forbidden: [] })
      const counted: Sink = {
        ...sink,
        write(bytes) {
          state.sizes.push(bytes.length)
          return sink.write(bytes)
        },
      }
      return state.around(counted)
    },
    clock,
    timer,
    readHead: async () => heads.at(-1),
    writeHead: options.writeHead ?? (async (head) => void heads.push(head)),
    report: (text) => reports.push(text),
  })
  let n = 0
  const write = () => {
    clock.advance(1)
    return device.write(
      `{"time":"${new Date(clock.now()).toISOString()}","type":"request","request":{"id":"${n++}"}`,
    )
  }
  const lines = (file = path) => readFileSync(file, 'utf8').split('\n').slice(0, -1)
  const types = (file = path) => lines(file).map((line) => (JSON.parse(line) as { type: string }).type)
  const verify = (files = [path]) =>
    verifyLogs(files, {
      publicKey: keys.public,
      macKey: keys.mac,
      head: files.includes(path) ? heads.at(-1) : undefined,
    })
  return { device, path, clock, fire, waiting, heads, reports, state, write, lines, types, verify }
}

/** Until `done` holds; a test that waits in vain ends by its own time limit. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

const failed = { code: 'audit_failed' }

describe('an audit device', () => {
  it('has a line in its file when the write resolves', async () => {
    const { device, write, types, lines } = rig()
    await write()
    assert.deepEqual(types(), ['segment', 'request'])
    await write()
    assert.equal(lines().length, 3)
    await device.close()
  })

  it('gathers the lines of one turn into one write, confirmed once', async () => {
    const { device, write, state, lines } = rig()
    await device.start()
    const writes = state.sizes.length
    await Promise.all([write(), write(), write()])
    assert.equal(state.sizes.length, writes + 1)
    assert.deepEqual(
      lines().map((line) => parseLink(line)?.mac !== undefined),
      [false, false, false, true],
    )
    await device.close()
  })

  it('writes a checkpoint a second, when there is something to sign, and puts its head into storage', async () => {
    const { device, write, fire, waiting, types, heads, verify } = rig()
    await write()
    await write()
    fire(checkpointEvery)
    await until(() => types().length === 4)
    assert.deepEqual(types(), ['segment', 'request', 'request', 'checkpoint'])
    assert.equal(waiting(checkpointEvery), false)
    await until(() => heads.at(-1)?.seq === 3)
    assert.deepEqual((await verify()).findings, [])
    await write()
    assert.equal(waiting(checkpointEvery), true)
    await device.close()
  })

  it('puts a head into storage once the disk has its line, and not before', async () => {
    const order: string[] = []
    const { device, write } = rig({
      around: (sink) => ({
        ...sink,
        async sync() {
          await sink.sync()
          order.push('disk')
        },
      }),
      writeHead: async () => void order.push('head'),
    })
    await write()
    await device.close()
    assert.ok(order.length >= 4)
    assert.deepEqual(
      order,
      order.map((_, i) => (i % 2 === 0 ? 'disk' : 'head')),
    )
  })

  it('writes a checkpoint early when much was written', async () => {
    const { device, types } = rig()
    const big = `{"time":"x","a":"${'x'.repeat(checkpointBytes / 4)}"`
    for (let i = 0; i < 5; i++) await device.write(big)
    assert.equal(types().includes('checkpoint'), true)
    await device.close()
  })

  it('ends with a checkpoint when it is closed, and takes nothing after that', async () => {
    const { device, write, types, heads, verify } = rig()
    await device.start()
    const last = write()
    await device.close()
    await last
    assert.deepEqual(types(), ['segment', 'request', 'checkpoint'])
    assert.equal(heads.at(-1)?.seq, 2)
    assert.deepEqual((await verify()).findings, [])
    await assert.rejects(write(), failed)
    await device.close()
  })

  it('begins with a given line', async () => {
    const { device, lines, verify } = rig()
    await device.start('{"time":"t","type":"request","request":{"path":"sys/audit/test"}')
    assert.match(
      lines()[0] as string,
      /^\{"time":"t","type":"request","request":\{"path":"sys\/audit\/test"\},"chain"/,
    )
    await device.start('not again')
    assert.equal(lines().length, 1)
    await device.close()
    assert.deepEqual((await verify()).findings, [])
  })

  it('goes on in the same file after a restart', async () => {
    const first = rig()
    await first.write()
    await first.device.close()
    const second = rig({ path: first.path })
    await second.write()
    await second.device.close()
    const result = await second.verify()
    assert.deepEqual(result.findings, [])
    assert.equal(result.segments.length, 2)
  })

  it('reports that the end of its file is missing since the last head', async () => {
    const first = rig()
    await first.write()
    await first.device.close()
    const [begin = ''] = first.lines()
    writeFileSync(first.path, `${begin}\n`)
    const second = rig({ path: first.path })
    second.heads.push(...first.heads)
    await second.write()
    await second.device.close()
    assert.match(second.reports.join(), /the end of its file is missing/)
    assert.deepEqual(
      (await second.verify()).findings.map(({ kind }) => kind),
      ['reported'],
    )
  })

  it('keeps every line readable and in order under load', async () => {
    const { device, write, lines, verify } = rig()
    const all: Promise<void>[] = []
    for (let turn = 0; turn < 50; turn++) {
      for (let i = 0; i < 10; i++) all.push(write())
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(all)
    await device.close()
    const ids = lines().flatMap(
      (line) => (JSON.parse(line) as { request?: { id: string } }).request?.id ?? [],
    )
    assert.deepEqual(
      ids,
      Array.from({ length: 500 }, (_, i) => String(i)),
    )
    assert.deepEqual((await verify()).findings, [])
  })
})

describe('reopening an audit device', () => {
  it('continues the chain in a new file after the old one was moved away', async () => {
    const { device, path, write, verify, types } = rig()
    await write()
    renameSync(path, `${path}.1`)
    await write()
    await device.reopen()
    await write()
    await device.close()
    assert.deepEqual(types(`${path}.1`), ['segment', 'request', 'request', 'checkpoint'])
    assert.deepEqual(types(), ['checkpoint', 'request', 'checkpoint'])
    const both = await verify([`${path}.1`, path])
    assert.deepEqual(both.findings, [])
    assert.equal(both.segments.length, 1)
    assert.deepEqual((await verify()).findings, [])
  })

  it('changes nothing when the file is still there', async () => {
    const { device, write, lines, verify } = rig()
    await write()
    await device.reopen()
    assert.equal(lines().length, 2)
    await write()
    await device.close()
    assert.deepEqual((await verify()).findings, [])
  })

  it('starts a segment in a file that holds other lines already', async () => {
    const { device, path, write, verify } = rig()
    await write()
    renameSync(path, `${path}.1`)
    writeFileSync(path, '{"time":"y"}\n')
    await device.reopen()
    await write()
    await device.close()
    assert.deepEqual((await verify([`${path}.1`])).findings, [])
    const { start } = parseLink(readFileSync(path, 'utf8').split('\n')[1] as string) ?? {}
    assert.equal(start?.device, 'device')
  })

  it('goes on with the old file when the new one cannot be opened', async () => {
    const { device, path, write, lines } = rig()
    await write()
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'no log')
    await assert.rejects(device.reopen(), { code: 'invalid_request' })
    await write()
    assert.equal(lines(`${path}.1`).length, 3)
    await device.close()
  })
})

describe('a file that changes under an audit device', () => {
  it('whose head cannot be stored tells why, also when the node is sealed', async () => {
    const { device, reports } = rig({ writeHead: async () => fail('sealed') })
    await device.start()
    await device.close()
    assert.match(reports.join('\n'), /could not be stored: sealed$/m)
  })

  it('that was removed has the lines that come next, before any checkpoint', async () => {
    const { device, path, write, types, reports, verify, fire } = rig()
    await write()
    fire(checkpointEvery)
    await device.start()
    rmSync(path)
    await Promise.all([write(), write()])
    assert.deepEqual(types(), ['segment', 'request', 'request'])
    assert.match(reports.join('\n'), /its file was removed/)
    await device.close()
    assert.deepEqual((await verify()).findings, [])
  })

  it('that is removed again and again fails its lines', async () => {
    const { write, reports } = rig({ around: (sink) => ({ ...sink, isRemoved: () => true }) })
    await assert.rejects(write(), failed)
    assert.match(reports.join('\n'), /removed/)
  })

  it('whose removal cannot be told in time is given up', async () => {
    const never = new Promise<boolean>(() => {})
    const { device, write, fire, waiting } = rig({ around: (sink) => ({ ...sink, isRemoved: () => never }) })
    await device.start()
    const written = write()
    await until(() => waiting(writeTimeout))
    fire(writeTimeout)
    await assert.rejects(written, failed)
  })

  it('is made anew when it was removed, folder and all', async () => {
    const { device, path, write, fire, reports, types, verify } = rig()
    await write()
    rmSync(join(path, '..'), { recursive: true })
    fire(checkpointEvery)
    await until(() => statSync(path, { throwIfNoEntry: false }) !== undefined)
    await write()
    await device.close()
    assert.match(reports.join('\n'), /removed/)
    assert.deepEqual(types(), ['segment', 'request', 'checkpoint'])
    assert.deepEqual((await verify()).findings, [])
  })

  it('is reported when something else wrote to it, in the log as well', async () => {
    const { device, path, write, fire, reports, types, verify } = rig()
    await write()
    appendFileSync(path, '{"time":"forged"}\n')
    fire(checkpointEvery)
    await until(() => types().includes('segment') && types().length === 4)
    assert.match(reports.join('\n'), /written to or cut by something else/)
    await device.close()
    const kinds = (await verify()).findings.map(({ kind, line }) => [kind, line])
    assert.deepEqual(kinds, [
      ['inserted', 3],
      ['reported', 4],
    ])
  })
})

describe('an audit device that fails', () => {
  const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

  it('refuses the lines, says so once, and works again in a new segment', async () => {
    let isFull = false
    const { device, write, reports, clock, verify } = rig({
      around: (sink) => ({
        ...sink,
        write(bytes) {
          if (!isFull) return sink.write(bytes)
          // As a disk does: some bytes still fit.
          void sink.write(bytes.subarray(0, 20))
          throw full()
        },
      }),
    })
    await write()
    isFull = true
    for (let i = 0; i < 4; i++) await assert.rejects(write(), failed)
    assert.match(device.trouble ?? '', /ENOSPC/)
    assert.equal(reports.length, 1)
    assert.match(reports[0] ?? '', /file\/ fails: ENOSPC/)
    isFull = false
    clock.advance(1000)
    await write()
    assert.equal(device.trouble, undefined)
    assert.equal(reports.length, 2)
    assert.match(reports[1] ?? '', /works again/)
    await device.close()
    const result = await verify()
    assert.deepEqual(result.findings, [])
    assert.equal(result.torn.length, 2)
    assert.equal(result.segments.length, 2)
  })

  it('is not opened again at every request', async () => {
    const { write, state, clock } = rig({
      around: (sink) => ({
        ...sink,
        write() {
          throw full()
        },
      }),
    })
    for (let i = 0; i < 10; i++) await assert.rejects(write(), failed)
    assert.equal(state.opened, 2)
    clock.advance(1000)
    await assert.rejects(write(), failed)
    assert.equal(state.opened, 3)
  })

  it('refuses the lines that wait when it cannot be opened, and says why at the start', async () => {
    writeFileSync(join(folder, 'no-folder'), '')
    const { device, write, reports } = rig({ path: join(folder, 'no-folder', 'audit.log') })
    await assert.rejects(device.start(), /ENOTDIR|EEXIST/)
    await assert.rejects(write(), failed)
    assert.equal(reports.length, 1)
    await device.close()
  })

  it('reports a head that cannot be stored, and goes on', async () => {
    const { device, write, reports } = rig({
      writeHead: () => Promise.reject(new Error('the store is away')),
    })
    await write()
    await until(() => reports.length > 0)
    assert.match(reports[0] ?? '', /could not be stored: the store is away/)
    await write()
    await device.close()
  })

  it('takes a bounded number of bytes and refuses what is more as overload', async () => {
    const { device } = rig()
    const big = 'x'.repeat(maxWaiting / 2)
    const first = device.write(big)
    const second = device.write(big)
    await assert.rejects(device.write('x'), { code: 'overloaded' })
    // The answer to a request that was taken has room of its own.
    const third = device.write('x', maxWaitingAnswers)
    await assert.rejects(device.write(big, maxWaiting), { code: 'overloaded' })
    await Promise.all([first, second, third])
    await device.close()
  })
})

describe('an audit device that hangs', () => {
  /** Holds back writes until told. */
  function gate() {
    let isShut = false
    let open = Promise.withResolvers<void>()
    const around = (sink: Sink): Sink => ({
      ...sink,
      async write(bytes) {
        if (isShut) await open.promise
        await sink.write(bytes)
      },
    })
    return {
      around,
      shut: () => {
        isShut = true
        open = Promise.withResolvers()
      },
      release: () => {
        isShut = false
        open.resolve()
      },
    }
  }

  it('is timed out, refuses lines at once from then on, and works again when it comes back', async () => {
    const { around, shut, release } = gate()
    const { device, write, fire, reports, verify, waiting } = rig({ around })
    await write()
    shut()
    const hanging = write()
    await until(() => waiting(writeTimeout))
    const behind = write()
    fire(writeTimeout)
    await assert.rejects(hanging, failed)
    await assert.rejects(behind, failed)
    await assert.rejects(write(), failed)
    assert.match(device.trouble ?? '', /did not answer within 5 s/)
    await assert.rejects(device.reopen(), failed)
    release()
    await new Promise((resolve) => setImmediate(resolve))
    await write()
    assert.equal(device.trouble, undefined)
    assert.equal(reports.length, 2)
    await device.close()
    assert.deepEqual((await verify()).findings, [])
  })

  it('does not keep the server from stopping', async () => {
    const { around, shut } = gate()
    const { device, write, fire, waiting } = rig({ around })
    await write()
    shut()
    const hanging = write()
    await until(() => waiting(writeTimeout))
    const closing = device.close()
    fire(writeTimeout)
    await assert.rejects(hanging, failed)
    await closing
  })

  it('when it hangs while it is opened, is closed when it comes back too late', async () => {
    const open = Promise.withResolvers<void>()
    let closed = 0
    const { write, fire, waiting, device } = rig({
      around: (sink) => ({
        ...sink,
        async write(bytes) {
          await open.promise
          await sink.write(bytes)
        },
        async close() {
          closed++
          await sink.close()
        },
      }),
    })
    const first = write()
    await until(() => waiting(writeTimeout))
    fire(writeTimeout)
    await assert.rejects(first, failed)
    open.resolve()
    await until(() => closed === 1)
    await write()
    await device.close()
    assert.equal(closed, 2)
  })
})
