/**
 * How the web page bears 100,000 secrets in one folder, in Chromium (`/usr/bin/chromium`) on this machine.
 *
 *     npm run bench:page -- [--names N]
 *
 * Loading is measured with the processor slowed down four times and the network as slow as "Slow 4G"; scrolling at
 * full speed, from the top of the list to its end while its pages arrive, and back.
 */
import { readdirSync, statSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { openChromium } from '../test/browser/support/chromium.ts'
import { type Site, startSite } from '../test/browser/support/site.ts'
import { logInAsGuest, visit } from '../test/browser/support/visit.ts'
import { milliseconds, printTable, whole } from './table.ts'

const { values: options } = parseArgs({ options: { names: { type: 'string', default: '100000' } } })
const count = Number(options.names)
const address = '/ui/places/at?at=plain/&folder=many/'
/** As Chromium's tools have it: bytes a second, and milliseconds. */
const slow4g = { offline: false, downloadThroughput: 200_000, uploadThroughput: 93_750, latency: 562.5 }
const slowdown = 4

console.log(`load of the machine before: ${loadavg()[0]?.toFixed(2)}\n`)
const site = await startSite()
const browser = await openChromium()
try {
  await fill(site)
  printTable(['loading, processor 4 times slower, Slow 4G', 'value'], await load())
  printTable([`scrolling ${whole(count)} names`, 'value'], await scroll())
} finally {
  await browser.close()
  await site.stop()
}

async function fill({ server }: Site): Promise<void> {
  for (let at = 0; at < count; at += 1000) {
    const requests = Array.from({ length: Math.min(1000, count - at) }, (_, index) => ({
      operation: 'write',
      path: `plain/many/n${String(at + index).padStart(6, '0')}`,
      data: { password: 'x' },
    }))
    const reply = await server.ask('write', 'sys/kv/batch', { fields: { requests, atomic: true } })
    if (reply instanceof Error) throw reply
  }
}

/** From the first byte asked for until names can be clicked, with nothing in the browser's cache. */
async function load(): Promise<string[][]> {
  const { page, close } = await visit(browser)
  await logInAsGuest(page, site)
  const tools = await page.context().newCDPSession(page)
  await tools.send('Network.enable')
  await tools.send('Network.clearBrowserCache')
  await tools.send('Network.emulateNetworkConditions', slow4g)
  await tools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const bytes = countBytes(tools)
  await page.goto(site.origin + address, { waitUntil: 'commit' })
  await page.getByRole('link', { name: 'Secret n000000' }).waitFor()
  const shown = Number(await page.evaluate('performance.now()'))
  // Interactive is when a click is answered: nothing else holds the thread.
  await page.getByRole('link', { name: 'Secret n000000' }).click()
  await page.getByRole('heading', { name: 'n000000' }).waitFor()
  const answered = Number(await page.evaluate('performance.now()'))
  const first = Number(
    await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"),
  )
  await close()
  return [
    ['first contentful paint', `${whole(first)} ms`],
    ['names can be clicked', `${whole(shown)} ms`],
    ['a click on one shows it', `${whole(answered - shown)} ms more`],
    ['script over the wire, with that of the view', `${whole(bytes.script() / 1000)} kB`],
    ['all over the wire', `${whole(bytes.all() / 1000)} kB`],
    ['script of the whole page, unpacked', `${whole(scriptBytes() / 1000)} kB`],
  ]
}

function countBytes(tools: CDPSession) {
  const scripts = new Set<string>()
  let script = 0
  let all = 0
  tools.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  tools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    all += encodedDataLength
    if (scripts.has(requestId)) script += encodedDataLength
  })
  return { script: () => script, all: () => all }
}

function scriptBytes(): number {
  const folder = join(import.meta.dirname, '..', 'web', 'dist', 'assets')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

type Frames = {
  readonly frames: number
  readonly long: number
  readonly longest: number
  readonly names: number
}

async function scroll(): Promise<string[][]> {
  const { page, close } = await visit(browser)
  await logInAsGuest(page, site, address)
  await page.getByRole('link', { name: 'Secret n000000' }).waitFor()
  const before = await heap(page)
  const down = await frames(page, 'down')
  const up = await frames(page, 'up')
  const rows = Number(await page.evaluate("document.querySelectorAll('main li').length"))
  const after = await heap(page)
  await close()
  const told = (what: string, { frames, long, longest }: Frames) => [
    [`frames, ${what}`, whole(frames)],
    [`frames over 50 ms, ${what}`, whole(long)],
    [`longest frame, ${what}`, `${milliseconds(longest)} ms`],
  ]
  return [
    ['names that were scrolled through', whole(down.names)],
    ...told('down, while pages arrive', down),
    ...told('up, with all names there', up),
    ['rows in the document at the end', whole(rows)],
    ['memory of script before', `${whole(before / 1e6)} MB`],
    ['memory of script after', `${whole(after / 1e6)} MB`],
  ]
}

async function heap(page: Page): Promise<number> {
  const tools = await page.context().newCDPSession(page)
  await tools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await tools.send('Runtime.getHeapUsage')
  await tools.detach()
  return usedSize
}

/** Scrolls by a window a frame; at the end of what has arrived it waits for more, frame by frame. */
async function frames(page: Page, way: 'down' | 'up'): Promise<Frames> {
  const script = `(async () => {
    const list = document.querySelector('main section ul').parentElement
    const wanted = ${count} * 44
    const step = (${way === 'down' ? 1 : -1}) * list.clientHeight
    let [frames, long, longest, last] = [0, 0, 0, performance.now()]
    const isOver = () => ${way === 'down' ? 'list.scrollTop + list.clientHeight >= wanted - 1' : 'list.scrollTop <= 0'}
    while (!isOver()) {
      list.scrollTop += step
      await new Promise(requestAnimationFrame)
      const now = performance.now()
      const took = now - last
      last = now
      frames++
      if (took > 50) long++
      longest = Math.max(longest, took)
    }
    return { frames, long, longest, names: Math.round(list.scrollHeight / 44) }
  })()`
  // What the script makes.
  return (await page.evaluate(script)) as Frames
}
