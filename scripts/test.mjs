// `npm test`: sets up whatever the tests need, then checks the format, lints, checks the types, and runs every test.
// `node scripts/test.mjs --fast` leaves out what spans the whole system. Plain JavaScript for Node 20.

import { setUpClients } from './clients.mjs'
import { install } from './install.mjs'
import { runTypeScript } from './runtime.mjs'
import { runSteps, stepNames } from './steps.mjs'

const fast = process.argv.includes('--fast')

await install({ development: true })
if (!fast) await setUpClients()
const failed = await runSteps(stepNames)
process.exitCode = await runTypeScript(
  'scripts/tests/run.ts',
  fast ? ['src', 'scripts'] : ['test', 'bench', 'src', 'scripts'],
  { COFFER_FAILED_STEPS: failed.join(',') },
)
