// `npm start`: installs what is missing and starts Coffer with its stand-in identity provider.
// Plain JavaScript for Node 20.
import { install } from './install.mjs'
import { runTypeScript } from './runtime.mjs'

await install({ development: false })
process.exitCode = await runTypeScript('src/demo/start.ts', process.argv.slice(2))
