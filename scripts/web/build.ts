// Builds the page into web/dist.
//   --if-needed   only when it is missing or older than what it is built from
import { writeFileSync } from 'node:fs'
import { compressAll } from './compress.ts'
import { distFolder } from './folders.ts'
import { firstLoad, scriptLimit } from './size.ts'
import { digestFile, digestOfBuild, digestOfSources } from './sources.ts'

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

const digest = digestOfSources()
if (!process.argv.includes('--if-needed') || digestOfBuild() !== digest) {
  const began = performance.now()
  process.stderr.write('Building the page ...')
  // Loaded only now: a start that builds nothing does not wait for it.
  const [{ build }, { webConfig }] = await Promise.all([import('vite'), import('./config.ts')])
  await build(webConfig())
  const { scripts, styles } = firstLoad()
  await compressAll(distFolder)
  process.stderr.write(
    ` done in ${((performance.now() - began) / 1000).toFixed(1)} s; the first load takes ` +
      `${kilobytes(scripts)} of script (limit ${kilobytes(scriptLimit)}) and ${kilobytes(styles)} of styles\n`,
  )
  if (scripts > scriptLimit) {
    console.error('The script of the first load is larger than its limit: load more of it lazily.')
    process.exitCode = 1
  } else writeFileSync(digestFile, digest)
}
