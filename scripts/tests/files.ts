import { existsSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

/**
 * The test files below `folders` of the repository, the order in which to start them: what spans the whole
 * system first, since it takes longest. Paths are relative to `root` and use slashes.
 *
 * @param whole whether also those that take too long for every run, `*.whole.ts`
 */
export function testFiles(root: string, folders: readonly string[], whole = false): string[] {
  const name = whole ? /\.(?:test|whole)\.(?:ts|mjs)$/ : /\.test\.(?:ts|mjs)$/
  return folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
          .filter((file) => name.test(file) && !file.split(sep).includes('node_modules'))
          .sort()
          .map((file) => `${folder}/${file.split(sep).join('/')}`)
      : [],
  )
}
