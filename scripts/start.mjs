// `npm start`: installs what is missing, builds the page and starts Coffer with its stand-in identity provider.
// Plain JavaScript for Node 20.
import { install } from './install.mjs'
import { runTypeScript } from './runtime.mjs'

await install({ development: false })
process.exitCode = await runTypeScript('scripts/web/build.ts', ['--if-needed'])
if (process.exitCode === 0) process.exitCode = await runTypeScript('src/demo/start.ts', process.argv.slice(2))
