import { accessSync, constants } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const program = '/usr/bin/chromium'

/** What keeps the browser tests from running here; undefined where nothing does. */
export function missingChromium(): string | undefined {
  try {
    accessSync(program, constants.X_OK)
    return undefined
  } catch {
    return `Chromium (${program}, the Debian package chromium)`
  }
}

/** Without its own sandbox, which root may not have; it sees nothing but the servers of the tests. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
