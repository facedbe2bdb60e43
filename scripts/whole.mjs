// `npm run test:browser`, `npm run test:server`: sets up what the tests of a folder need, then runs all of them, also
// those that take too long for `npm test` (`*.whole.ts`). Plain JavaScript for Node 20.
import { setUpClients } from './clients.mjs'
import { install } from './install.mjs'
import { runTypeScript } from './runtime.mjs'

await install({ development: true })
await setUpClients(['python/fedcloudclient-1.4.4', 'python/fedcloudclient-1.4.7'])
process.exitCode = await runTypeScript('scripts/tests/run.ts', ['--whole', ...process.argv.slice(2)])
