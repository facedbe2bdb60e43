import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

const compressible = /\.(?:html|js|css|svg|json|webmanifest)$/

/** Writes `FILE.br` and `FILE.gz` beside each file that gets smaller so. */
export async function compressAll(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => compressible.test(name))
    .map((name) => join(folder, name))
  await Promise.all(
    files.map(async (file) => {
      const content = readFileSync(file)
      const [br, gz] = await Promise.all([
        promisify(brotliCompress)(content),
        promisify(gzip)(content, { level: 9 }),
      ])
      if (br.length < content.length) writeFileSync(`${file}.br`, br)
      if (gz.length < content.length) writeFileSync(`${file}.gz`, gz)
    }),
  )
}
