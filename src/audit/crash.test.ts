import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { createBroker } from './broker.ts'
import type { Head } from './chain/chain.ts'
import { verifyLogs } from './chain/verify.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-crash-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'audit.log')
const row = { uuid: 'd', version: '1', path: 'd/', type: 'file', options: { file_path: file } }

/** A process that logs as fast as it can and says what was written, until it is killed. */
const program = `
import { createHash } from 'node:crypto'
import { createBroker } from '${import.meta.resolve('./broker.ts')}'
import { systemClock } from '${import.meta.resolve('../base/clock.ts')}'
const broker = createBroker({
  derive: (purpose) => createHash('sha256').update(purpose).digest(),
  clock: systemClock(), uuid: () => 'u', node: 'n', process: '', forbidden: [], folder: undefined,
  readHead: async () => undefined,
  writeHead: async (_, head) => process.send({ head }),
  report: () => {},
})
broker.configure([${JSON.stringify(row)}])
for (let n = 0; ; ) {
  const ids = Array.from({ length: 1 + (n % 7) }, () => process.argv[1] + '-' + n++)
  await Promise.all(ids.map((id) => broker.logRequest({ id, operation: 'read', path: 'p' })))
  await new Promise((resolve) => process.send({ ids }, resolve))
}
`

async function logUntilKilled(
  name: string,
  lines: number,
): Promise<{ ids: string[]; head: Head | undefined }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, name], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ids: string[] = []
  let head: Head | undefined
  child.on('message', (message: { ids?: string[]; head?: Head }) => {
    ids.push(...(message.ids ?? []))
    head = message.head ?? head
    if (ids.length > lines) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return { ids, head }
}

describe('a process that is killed while it logs', () => {
  it('has every line that it answered for in its log, and the next one goes on from there', async () => {
    const first = await logUntilKilled('first', 500)
    const second = await logUntilKilled('second', 500)
    let head = second.head
    const broker = createBroker({
      derive: (purpose) => createHash('sha256').update(purpose).digest(),
      clock: systemClock(),
      uuid: () => 'u',
      node: 'n',
      process: '',
      forbidden: [],
      folder: undefined,
      readHead: async () => head,
      writeHead: async (_, next) => {
        head = next
      },
      report: (text) => assert.fail(text),
    })
    broker.configure([row])
    await broker.logRequest({ id: 'third', operation: 'read', path: 'p' })
    await broker.close()

    const text = readFileSync(file, 'utf8')
    for (const id of [...first.ids, ...second.ids, 'third']) assert.ok(text.includes(`"id":"${id}"`), id)
    const result = await verifyLogs([file], { publicKey: createPublicKey(broker.publicKey()), head })
    assert.deepEqual(result.findings, [])
    assert.equal(result.segments.length, 3)
  })
})
