import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { distFolder, root } from './folders.ts'

const folders = ['web', 'src/client', 'src/base', 'src/policy', 'scripts/web']

/** A digest of everything that the page is built from. */
export function digestOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const file of folders.flatMap(filesBelow))
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Of which sources the page was built that is there; undefined without one. */
export function digestOfBuild(): string | undefined {
  try {
    return readFileSync(digestFile, 'utf8')
  } catch {
    return undefined
  }
}

export const digestFile = join(distFolder, '.sources')

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return path === 'web/dist' ? [] : filesBelow(path)
      return /\.test\.tsx?$/.test(path) ? [] : [path]
    })
}
