/**
 * What auditing costs: two lines a request, as the server writes them, at 1, 32 and 256 requests at a time.
 *
 *     node bench/audit.ts [folder]
 *
 * Rows: the broker as it is; the same through the thread pool, as on a file system that is not local; lines
 * without a chain; and the parts by themselves.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBroker } from '../src/audit/broker.ts'
import { startChain } from '../src/audit/chain/chain.ts'
import { chainKeys } from '../src/audit/chain/keys.ts'
import { noHash } from '../src/audit/chain/line.ts'
import { verifyLogs } from '../src/audit/chain/verify.ts'
import { openLog, type Sink } from '../src/audit/device/file.ts'
import type { AuditMount, AuditRequest, AuditResponse, AuditToken } from '../src/audit/entry.ts'
import { createHasher } from '../src/audit/render/hasher.ts'
import { createRenderer } from '../src/audit/render/render.ts'
import { systemClock } from '../src/base/clock.ts'

const seconds = 2
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'coffer-bench-'))
const derive = (purpose: string) => createHash('sha256').update(`bench ${purpose}`).digest()
const clock = systemClock()

const mount: AuditMount = {
  point: 'secrets/',
  type: 'kv',
  accessor: 'kv_0123abcd',
  version: 'v1',
  class: 'secret',
}
const secret = { text: '{"password":"correct horse battery staple","user":"ada"}' }
const granting = ['researcher']
const newToken = (): AuditToken => ({
  token: `hvs.${randomBytes(24).toString('base64url')}`,
  accessor: randomBytes(18).toString('base64url'),
  displayName: 'oidc-ada@example.org',
  policies: ['default', 'researcher'],
  metadata: { role: 'researcher' },
  entityId: randomUUID(),
  type: 'service',
  ttl: 3600,
  issued: Date.now(),
})

/** One request's two entries; a warm one has its token and its secret in the server's caches. */
function exchange(token: AuditToken, answer: { text: string }): [AuditRequest, AuditResponse] {
  const request: AuditRequest = {
    id: randomUUID(),
    operation: 'read',
    path: 'secrets/users/ada@example.org/database/primary',
    mount,
    caller: { token, identityPolicies: [] },
    clientId: token.entityId,
    verdict: { allowed: true, granting },
    remote: { address: '127.0.0.1', port: 40312 },
  }
  return [request, { encoded: answer, leaseId: '' }]
}

const warmToken = newToken()
const warm = () => exchange(warmToken, secret)
const cold = () => exchange(newToken(), { text: secret.text })

type Logger = (request: AuditRequest, response: AuditResponse) => Promise<void>
type Row = { name: string; conns: number; rate: number; p50: number; p99: number; cpu: number }
const rows: Row[] = []

/** Requests one after another on each of `conns` connections; each turn of the loop is one packet. */
async function measure(name: string, conns: number, make: () => [AuditRequest, AuditResponse], log: Logger) {
  const spans: number[] = []
  const end = performance.now() + seconds * 1000
  const cpu = process.cpuUsage()
  const begin = performance.now()
  const client = async () => {
    while (performance.now() < end) {
      const [request, response] = make()
      const at = performance.now()
      await log(request, response)
      spans.push(performance.now() - at)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await Promise.all(Array.from({ length: conns }, client))
  const { user, system } = process.cpuUsage(cpu)
  spans.sort((a, b) => a - b)
  rows.push({
    name,
    conns,
    rate: spans.length / ((performance.now() - begin) / 1000),
    p50: spans[spans.length >> 1] ?? 0,
    p99: spans[Math.floor(spans.length * 0.99)] ?? 0,
    cpu: (user + system) / spans.length,
  })
}

const inTurn =
  (broker: ReturnType<typeof brokerTo>): Logger =>
  async (request, response) => {
    await broker.logRequest(request)
    await broker.logResponse(request, response)
  }

/** As a read may do it: the answer waits for both lines, which share a write. */
const together =
  (broker: ReturnType<typeof brokerTo>): Logger =>
  async (request, response) => {
    await Promise.all([broker.logRequest(request), broker.logResponse(request, response)])
  }

function brokerTo(name: string, through?: (sink: Sink) => Promise<Sink>) {
  const path = join(folder, name)
  const broker = createBroker({
    derive,
    clock,
    uuid: () => randomUUID(),
    node: 'bench',
    process: '',
    forbidden: [],
    folder: undefined,
    readHead: async () => undefined,
    writeHead: async () => {},
    report: (text) => console.error(text),
    ...(through === undefined
      ? {}
      : { open: async () => through(await openLog({ path, mode: 0o600, forbidden: [] })) }),
  })
  broker.configure([
    { uuid: name, version: '1', path: `${name}/`, type: 'file', options: { file_path: path } },
  ])
  return broker
}

async function throughPool(sink: Sink, path: string): Promise<Sink> {
  const file: FileHandle = await open(path, 'a')
  return {
    ...sink,
    write: async (bytes) => void (await file.write(bytes)),
    isRemoved: () => false,
    check: () => 'fine',
    close: async () => {
      await file.close()
      await sink.close()
    },
  }
}

/** Lines as they are, gathered and written in the same way, without a chain. */
async function withoutChain(name: string): Promise<{ log: Logger; close: () => Promise<void> }> {
  const sink = await openLog({ path: join(folder, name), mode: 0o600, forbidden: [] })
  const options = { raw: false, hmacAccessor: true, elideListResponses: false }
  const renderer = createRenderer(createHasher(derive('salt')), options)
  let waiting: { text: string; done: PromiseWithResolvers<void> } | undefined
  const write = (body: string): Promise<void> => {
    if (waiting === undefined) {
      waiting = { text: '', done: Promise.withResolvers() }
      setImmediate(() => {
        const batch = waiting
        waiting = undefined
        if (batch === undefined) return
        void sink.write(Buffer.from(batch.text))
        batch.done.resolve()
      })
    }
    waiting.text += `${body}}\n`
    return waiting.done.promise
  }
  return {
    log: async (request, response) => {
      await write(renderer.request(clock.now(), request))
      await write(renderer.response(clock.now(), request, response))
    },
    close: () => sink.close(),
  }
}

for (const conns of [1, 32, 256]) {
  await measure('nothing: the cost of measuring', conns, warm, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  })
  const broker = brokerTo('full.log')
  await measure('warm read, line by line', conns, warm, inTurn(broker))
  await measure('warm read, both lines at once', conns, warm, together(broker))
  await measure('token and secret never seen before', conns, cold, inTurn(broker))
  await broker.close()
  const plain = await withoutChain('plain.log')
  await measure('warm read, without a chain', conns, warm, plain.log)
  await plain.close()
  const pool = brokerTo('pool.log', (sink) => throughPool(sink, join(folder, 'pool.log')))
  await measure('warm read, through the thread pool', conns, warm, inTurn(pool))
  await pool.close()
}

console.log('| two lines a request | at a time | lines/s | p50 ms | p99 ms | CPU µs a request |')
console.log('|---|---:|---:|---:|---:|---:|')
for (const { name, conns, rate, p50, p99, cpu } of rows) {
  console.log(
    `| ${name} | ${conns} | ${Math.round(rate * 2)} | ${p50.toFixed(3)} | ${p99.toFixed(3)} | ${cpu.toFixed(1)} |`,
  )
}

console.log('\n| part | µs |\n|---|---:|')
const renderer = createRenderer(createHasher(derive('salt')), {
  raw: false,
  hmacAccessor: true,
  elideListResponses: false,
})
const [request, response] = warm()
const list = { keys: Array.from({ length: 200 }, (_, i) => `secret-${i}`) }
const lines = Array.from({ length: 32 }, () => renderer.response(clock.now(), request, response))
const origin = { device: 'd', node: 'n', process: '' }
const { chain } = startChain(
  chainKeys(derive, 'd'),
  's',
  clock.now(),
  { prev: noHash, isNewFile: true },
  origin,
)
part('line of a warm request', () => renderer.request(clock.now(), request))
part('line of a warm answer', () => renderer.response(clock.now(), request, response))
part('line of a list of 200 names seen before', () =>
  renderer.response(clock.now(), { ...request, operation: 'list' }, { data: list }),
)
part('chain: one line, confirmed', () => chain.link(lines.slice(0, 1)))
part('chain: 32 lines, confirmed once', () => chain.link(lines))
part('chain: a checkpoint', () => chain.seal([], clock.now()))

function part(name: string, run: () => unknown) {
  const rounds = 20_000
  for (let i = 0; i < rounds / 4; i++) run()
  const begin = performance.now()
  for (let i = 0; i < rounds; i++) run()
  console.log(`| ${name} | ${(((performance.now() - begin) * 1000) / rounds).toFixed(2)} |`)
}

const begin = performance.now()
const result = await verifyLogs([join(folder, 'full.log')], { publicKey: chainKeys(derive, 'd').public })
const rate = result.lines / ((performance.now() - begin) / 1000)
console.log(
  `\nverified ${result.lines} lines, ${Math.round(rate)} a second, ${result.ok ? 'nothing found' : 'FOUND'}`,
)
if (!result.ok) console.log(result.findings.slice(0, 5))
rmSync(folder, { recursive: true })
