import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { root } from '../support/server.ts'

export type Source = { readonly path: string; readonly text: string }

const folders = ['bench', 'bin', 'deploy', 'docs', 'scripts', 'src', 'test', 'web', '.ci']
const kinds = /\.(?:ts|tsx|mjs|cjs|js|py|md|json|hcl|sh|css|html|txt)$/

/** The text files of the repository that people wrote: no dependency, no lock file, nothing generated. */
export function sources(): Source[] {
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
    .map(({ name }) => name)
  const below = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length)),
    )
  return [...top, ...below]
    .map((path) => path.split(sep).join('/'))
    .filter((path) => kinds.test(path) || ['bin/coffer', '.ci/run'].includes(path))
    .filter((path) => !path.split('/').includes('node_modules'))
    .filter((path) => !path.startsWith('web/dist/'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** The lines in which a pattern is found, as FILE:LINE: TEXT. */
export function find(files: readonly Source[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
}
