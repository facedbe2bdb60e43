// `node scripts/node.mjs FILE ARGUMENT...`: runs a TypeScript file of the repository on Coffer's own runtime,
// installing first what is missing. Plain JavaScript for Node 20.
import { install } from './install.mjs'
import { runTypeScript } from './runtime.mjs'

const [file, ...args] = process.argv.slice(2)
if (!file) {
  console.error('usage: node scripts/node.mjs FILE ARGUMENT...')
  process.exit(2)
}
await install({ development: true })
process.exitCode = await runTypeScript(file, args)
