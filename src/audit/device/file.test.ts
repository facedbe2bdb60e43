import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openLog, openStdout } from './file.ts'
import { leavePublicKey } from './public-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-file-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0
const fresh = () => join(folder, `${++count}`, 'audit.log')
const open = (path: string, more: { mode?: number | undefined; forbidden?: string[] } = {}) =>
  openLog({ path, mode: 0o600, forbidden: [], ...more })
const logLine = '{"time":"x"}\n'

describe('an audit file', () => {
  it('is made with its folder, mode 0600 and 0700, and appended to', async () => {
    const path = fresh()
    for (const text of ['{"time":"1"}\n', '{"time":"2"}\n']) {
      const sink = await open(path)
      await sink.write(Buffer.from(text))
      await sink.sync()
      await sink.close()
    }
    assert.equal(readFileSync(path, 'utf8'), '{"time":"1"}\n{"time":"2"}\n')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
  })

  it('gets the mode that is asked for, or keeps its own', async () => {
    const path = fresh()
    mkdirSync(join(path, '..'))
    writeFileSync(path, '')
    chmodSync(path, 0o644)
    await (await open(path, { mode: undefined })).close()
    assert.equal(statSync(path).mode & 0o777, 0o644)
    await (await open(path, { mode: 0o640 })).close()
    assert.equal(statSync(path).mode & 0o777, 0o640)
  })

  it('may not lie in a forbidden folder, by whatever way', async () => {
    const data = join(folder, 'data')
    mkdirSync(data)
    symlinkSync(data, join(folder, 'way'))
    for (const path of ['data/audit.log', 'data/deep/er/audit.log', 'way/audit.log', 'way/new/audit.log']) {
      await assert.rejects(open(join(folder, path), { forbidden: [data] }), { code: 'invalid_request' })
    }
    await assert.rejects(open(join(folder, 'data/audit.log'), { forbidden: [join(folder, 'way')] }), {
      code: 'invalid_request',
    })
    assert.deepEqual(execFileSync('find', [data]).toString(), `${data}\n`)
    await (await open(join(folder, 'database.log'), { forbidden: [data] })).close()
  })

  it('must be a regular file under its own and only name', async () => {
    const path = fresh()
    mkdirSync(join(path, '..'))
    const near = (name: string) => join(path, '..', name)
    execFileSync('mkfifo', [near('pipe')])
    writeFileSync(near('log'), logLine)
    writeFileSync(near('other'), logLine)
    symlinkSync(near('other'), near('link'))
    linkSync(near('log'), near('hard'))
    mkdirSync(near('folder'))
    for (const name of ['pipe', 'link', 'hard', 'folder']) {
      await assert.rejects(open(near(name)), { code: 'invalid_request' }, name)
    }
    await assert.rejects(open('/dev/null'), { code: 'invalid_request' })
  })

  it('must be an audit log when it exists, and is left as it was otherwise', async () => {
    const path = fresh()
    mkdirSync(join(path, '..'))
    for (const content of ['PATH=/bin\n', '{"a":1}\n', 'x']) {
      writeFileSync(path, content)
      chmodSync(path, 0o644)
      await assert.rejects(open(path), { code: 'invalid_request', message: /no audit log/ })
      assert.equal(readFileSync(path, 'utf8'), content)
      assert.equal(statSync(path).mode & 0o777, 0o644)
    }
    for (const content of ['', '{"ti', logLine]) {
      writeFileSync(path, content)
      const sink = await open(path)
      assert.equal(sink.tail?.size, content.length)
      assert.equal((await sink.tail?.read(0))?.toString(), content)
      await sink.close()
    }
  })

  it('says what is in the way', async () => {
    writeFileSync(join(folder, 'file'), '')
    await assert.rejects(open(join(folder, 'file', 'audit.log')), { code: /ENOTDIR|EEXIST/ })
  })

  it('notices when it is removed, cut or written to by something else', async () => {
    const path = fresh()
    const sink = await open(path)
    await sink.write(Buffer.from(logLine))
    assert.equal(await sink.check(), 'fine')
    appendFileSync(path, 'x')
    assert.equal(await sink.check(), 'foreign')
    truncateSync(path, logLine.length)
    assert.equal(await sink.check(), 'fine')
    truncateSync(path, 2)
    assert.equal(await sink.check(), 'foreign')
    rmSync(path)
    assert.equal(await sink.check(), 'removed')
    await sink.close()
  })

  it('on a local disk is written at once, and through the thread pool while the disk is slow', async () => {
    const path = fresh()
    let now = 0
    let step = 0
    const sink = await openLog({ path, mode: 0o600, forbidden: [] }, () => {
      now += step
      return now
    })
    const write = () => sink.write(Buffer.from(logLine))
    assert.equal(write(), undefined)
    step = 30
    assert.equal(write(), undefined)
    step = 60
    assert.equal(write(), undefined)
    step = 0
    await assert.doesNotReject(write() ?? Promise.reject(new Error('written at once')))
    now += 10_000
    assert.equal(write(), undefined)
    assert.equal(readFileSync(path, 'utf8'), logLine.repeat(5))
    assert.equal(await sink.check(), 'fine')
    await sink.close()
  })

  it('is not asked to reach the disk any more once it is closed', async () => {
    const sink = await open(fresh())
    await sink.close()
    await assert.doesNotReject(sink.sync())
  })
})

describe('standard output as an audit log', () => {
  it('waits for a reader that is slow', async () => {
    const child = spawn('sh', ['-c', 'read go; cat | wc -c'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const output = child.stdout.toArray()
    // A pipe that Node has made is non-blocking: it says EAGAIN when it is full.
    const fd = (child.stdin as unknown as { _handle: { fd: number } })._handle.fd
    const sink = openStdout(fd)
    const text = 'x'.repeat(1_000_000)
    await sink.write(Buffer.from(`go\n${text}`))
    child.stdin.end()
    assert.equal(
      Buffer.concat(await output)
        .toString()
        .trim(),
      '1000000',
    )
    assert.equal(sink.check(), 'fine')
    assert.equal(sink.tail, undefined)
  })

  it('stops trying when it is closed', async () => {
    const child = spawn('sleep', ['60'], { stdio: ['pipe', 'ignore', 'inherit'] })
    const fd = (child.stdin as unknown as { _handle: { fd: number } })._handle.fd
    const sink = openStdout(fd)
    const writing = sink.write(Buffer.alloc(1_000_000))
    await sink.close()
    await assert.rejects(async () => writing, { code: 'storage_failed' })
    child.kill()
  })
})

describe('the public key beside a log', () => {
  it('is left there, and never written over', async () => {
    const path = join(folder, 'audit.log.pub')
    await leavePublicKey(path, 'key\n')
    await leavePublicKey(path, 'key\n')
    await assert.rejects(leavePublicKey(path, 'other\n'), { code: 'invalid_config' })
    assert.equal(readFileSync(path, 'utf8'), 'key\n')
  })
})
