import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { distFolder } from './folders.ts'

/** Bytes of script that the first load may take over the wire. */
export const scriptLimit = 250_000

/** Compressed, bytes. */
export type FirstLoad = { readonly scripts: number; readonly styles: number }

/** What Vite tells of a part of the build: its file, its styles, and the parts that it needs. */
type Chunk = { readonly file: string; readonly css?: readonly string[]; readonly imports?: readonly string[] }

const begin = 'index.html'
/** Where most people begin. */
const firstView = 'src/views/space/page.tsx'
const manifestFolder = join(distFolder, '.vite')

/** What a browser fetches before somebody's space is shown. Takes away what the build tells of itself. */
export function firstLoad(): FirstLoad {
  // Vite writes it in this shape.
  const chunks = JSON.parse(readFileSync(join(manifestFolder, 'manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >
  rmSync(manifestFolder, { recursive: true })
  const needed = new Set<Chunk>()
  const need = (name: string): void => {
    const chunk = chunks[name]
    if (chunk === undefined) throw new Error(`the build has no part ${name}`)
    if (needed.has(chunk)) return
    needed.add(chunk)
    for (const one of chunk.imports ?? []) need(one)
  }
  need(begin)
  need(firstView)
  const all = [...needed]
  return {
    scripts: bytesOf(all.map(({ file }) => file)),
    styles: bytesOf(all.flatMap(({ css }) => css ?? [])),
  }
}

const bytesOf = (files: readonly string[]): number =>
  [...new Set(files)].reduce(
    (sum, file) => sum + brotliCompressSync(readFileSync(join(distFolder, file))).length,
    0,
  )
