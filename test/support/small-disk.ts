import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** A disk of 4 MiB until the tests of the file are over, or undefined where this user may not mount one. */
export function smallDisk(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'coffer-full-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'none', place], { stdio: 'ignore' })
  } catch {
    rmdirSync(place)
    return undefined
  }
  after(() => {
    execFileSync('umount', ['--lazy', place])
    rmdirSync(place)
  })
  return place
}
