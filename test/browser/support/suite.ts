import { after, before } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.ts'
import { type Site, startSite } from './site.ts'

/** What the tests of a suite share, from its start to its end. */
export type Setting = { readonly site: Site; readonly browser: Browser }

/**
 * Starts a site and a browser for the suite that calls it, and ends them with it.
 *
 * @param prepare puts there what the suite wants to find
 */
export function inBrowser(prepare?: (site: Site) => Promise<void>): Setting {
  let site: Site | undefined
  let browser: Browser | undefined
  before(async () => {
    site = await startSite()
    browser = await openChromium()
    await prepare?.(site)
  })
  after(async () => {
    await browser?.close()
    await site?.stop()
  })
  return {
    get site() {
      return site ?? missing('site')
    },
    get browser() {
      return browser ?? missing('browser')
    },
  }
}

function missing(what: string): never {
  throw new Error(`the ${what} of this suite has not started`)
}
