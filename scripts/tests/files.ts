import { existsSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

/**
 * The test files below `folders` of the repository, the order in which to start them: what spans the whole
 * system first, since it takes longest. Paths are relative to `root` and use slashes.
 */
export function testFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.test\.(?:ts|mjs)$/.test(file) && !file.split(sep).includes('node_modules'))
          .sort()
          .map((file) => `${folder}/${file.split(sep).join('/')}`)
      : [],
  )
}
