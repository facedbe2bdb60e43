import { createServer } from 'node:net'

/** Of these the operating system gives none to who asks for any port, nor to a connection, so none is lost meanwhile. */
const range = { first: 20_000, count: 12_000 }
/** Each process begins elsewhere, since several look at the same time. */
let next = process.pid * 16

/** A port of loopback that nothing listened on a moment ago. Not given twice by one process, until all were. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < range.count; tries++) {
    const port = range.first + (next++ % range.count)
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  const isListening = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
  })
  if (isListening) await new Promise((resolve) => probe.close(resolve))
  return isListening
}
