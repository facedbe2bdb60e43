import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

const folders: string[] = []
// Behind all tests, and so behind whatever still has their files open: hooks of one test run in the order of their
// registration, and a server that finds its store gone takes long to stop.
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A file of a new folder, both removed when the tests of this process have ended. */
export function temporaryFile(name = 'store'): string {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-test-'))
  folders.push(folder)
  return join(folder, name)
}
