/**
 * A server for the benchmark: the real store on disk and the real HTTP layer, on plain HTTP over loopback.
 *
 *     node bench/server.ts <folder>
 *
 * Prints one line of JSON, `{ url, started, rootToken? }`, and runs until SIGTERM. `started` is milliseconds
 * from the start of the process until it serves.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { initializeOnce, standardTtl, startServer } from '../src/core/server.ts'
import { startHttp } from '../src/http/server.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node bench/server.ts <folder>')
mkdirSync(join(folder, 'data'), { recursive: true })

const node = await startServer({
  data: join(folder, 'data', 'coffer.db'),
  seal: { kind: 'static', folder: join(folder, 'keys') },
  ttl: standardTtl,
  spaces: [],
  report: (text) => console.error(text),
})
const first = await initializeOnce(node)
const http = await startHttp({
  listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback' }],
  handler: node.handler,
})
console.log(
  JSON.stringify({ url: http.addresses[0]?.url, started: performance.now(), rootToken: first?.rootToken }),
)

process.once('SIGTERM', async () => {
  await http.stop(1000)
  await node.stop()
  process.exit(0)
})
