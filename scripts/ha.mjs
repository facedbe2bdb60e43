// `npm run test:ha` and `npm run availability`: builds what checks histories, then runs test/ha/main.ts, by root in
// a network of its own. Plain JavaScript for Node 20.
import { spawnSync } from 'node:child_process'
import { setUpClients } from './clients.mjs'
import { install } from './install.mjs'
import { runTypeScript } from './runtime.mjs'

await install({ development: true })
await setUpClients(['clients/checker'])
const apart = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
const [command, ...args] = apart
const possible = spawnSync(command, [...args, 'nft', 'list', 'tables'], { stdio: 'ignore' }).status === 0
process.exitCode = await runTypeScript(
  'test/ha/main.ts',
  process.argv.slice(2),
  { COFFER_HA_APART: possible ? '1' : '0' },
  possible ? apart : [],
)
