import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file of a new folder, both removed when the test ends. */
export function temporaryFile(t: { after(work: () => void): void }, name = 'store'): string {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, name)
}
