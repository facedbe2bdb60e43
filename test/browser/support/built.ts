import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { distFolder } from '../../../scripts/web/folders.ts'
import { root } from '../../support/server.ts'

/** Where the page is, built from the sources of now. */
export function builtPage(): string {
  const args = [join(root, 'scripts', 'web', 'build.ts'), '--if-needed']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the page cannot be built:\n${stderr}`)
  return distFolder
}
