import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { distFolder } from './folders.ts'

/** Bytes of script that the first load may take over the wire. */
export const scriptLimit = 250_000

export type FirstLoad = { readonly scripts: number; readonly styles: number }

/** What the browser fetches before anything shows, compressed; bytes. */
export function firstLoad(): FirstLoad {
  const page = readFileSync(join(distFolder, 'index.html'), 'utf8')
  const named = (pattern: RegExp) =>
    [...page.matchAll(pattern)].map(([, file = '']) => join(distFolder, file.replace(/^\/ui\//, '')))
  const bytes = (files: readonly string[]) =>
    files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file)).length, 0)
  return {
    scripts: bytes(named(/(?:src|href)="([^"]+\.js)"/g)),
    styles: bytes(named(/href="([^"]+\.css)"/g)),
  }
}
