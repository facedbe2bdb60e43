/**
 * What the HTTP edge costs: requests a second of the edge with a handler that does nothing, beside a bare
 * `node:http` server that answers the same bytes, at 32 connections. Rounds alternate, and the median counts.
 *
 *     node bench/http.ts [rounds]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHttp } from '../src/http/server.ts'
import { ensureLocalCertificate } from '../src/http/tls/local.ts'
import { noteRequest, translateMethods } from '../src/http/wire.ts'
import { measure } from './load/load.ts'
import { printTable, whole } from './table.ts'
import type { Sent } from './work.ts'

const kinds = ['bare', 'wire', 'edge'] as const
type Kind = (typeof kinds)[number]
type Setup = { readonly kind: Kind; readonly tls: boolean }

const path = '/v1/secrets/users/ada@example.org/database/primary'
const secret = { data: { password: 'correct horse battery staple', user: 'ada' } }
const sends: readonly Sent[] = [
  { method: 'GET', path, headers: {} },
  { method: 'POST', path, headers: {}, body: JSON.stringify(secret.data) },
]

async function compare(rounds: number): Promise<void> {
  const rows: string[][] = []
  for (const tls of [false, true]) {
    for (const sent of sends) {
      const rates = await measureAll(tls, sent, rounds)
      const cost = (kind: Kind) =>
        `${whole(100 - (100 * (rates.get(kind) ?? 0)) / (rates.get('bare') ?? 1))} %`
      const name = tls ? `${sent.method} over TLS` : sent.method
      rows.push([name, ...kinds.map((kind) => whole(rates.get(kind) ?? 0)), cost('wire'), cost('edge')])
    }
  }
  printTable(
    ['requests/s, 32 connections', 'node:http', 'with LIST', 'the edge', 'LIST costs', 'the edge costs'],
    rows,
  )
}

async function measureAll(tls: boolean, sent: Sent, rounds: number): Promise<Map<Kind, number>> {
  const found = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]))
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) {
      const { url, stop } = await startChild({ kind, tls })
      const { perSecond, failed } = await measure({ url, requests: [sent], connections: 32, seconds: 2 })
      await stop()
      if (failed > 0) throw new Error(`${failed} requests failed`)
      found.get(kind)?.push(perSecond)
    }
  }
  return new Map(kinds.map((kind) => [kind, median(found.get(kind) ?? [])]))
}

const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

async function startChild(setup: Setup): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(import.meta.filename, {
    env: { ...process.env, COFFER_BENCH_HTTP: JSON.stringify(setup) },
  })
  const [url] = await once(child, 'message')
  return {
    url: String(url),
    async stop() {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}

async function runServer({ kind, tls }: Setup): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  process.on('SIGTERM', () => process.exit())
  if (kind === 'edge') {
    const { addresses } = await startHttp({
      listeners: [
        { host: '127.0.0.1', port: 0, tls: tls ? { certificate: { kind: 'local', folder } } : 'loopback' },
      ],
      handler: async () => secret,
    })
    process.send?.(addresses[0]?.url)
    return
  }
  const files = tls ? await ensureLocalCertificate(folder, [], Date.now()) : undefined
  const pem = files === undefined ? undefined : await readFile(files.server)
  const server = pem === undefined ? createServer() : createTlsServer({ cert: pem, key: pem })
  if (kind === 'wire') server.on(tls ? 'secureConnection' : 'connection', translateMethods)
  const body = `${JSON.stringify({ request_id: '', lease_id: '', renewable: false, lease_duration: 0, ...secret })}\n`
  const headers = {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json',
    'Content-Length': body.length,
  }
  server.on('request', (request, response) => {
    if (kind === 'wire') noteRequest(request, response)
    const answer = () => response.writeHead(200, headers).end(body)
    if (request.method === 'POST') request.resume().on('end', answer)
    else answer()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listens on TCP
  process.send?.(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`)
}

const asked = process.env.COFFER_BENCH_HTTP
if (asked === undefined) await compare(Number(process.argv[2] ?? 3))
else await runServer(JSON.parse(asked) as Setup) // written by startChild below
