// The checks that come before the tests. `node scripts/steps.mjs NAME...` runs those that are named.
// Plain JavaScript for Node 20.
import { pathToFileURL } from 'node:url'
import { install } from './install.mjs'
import { run } from './runtime.mjs'

const commands = {
  format: [['biome', 'format', '.']],
  lint: [
    ['biome', 'check', '--formatter-enabled=false', '--diagnostic-level=warn', '--error-on-warnings', '.'],
    ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'test', 'bench'],
  ],
  types: [
    ['tsc', '--project', '.'],
    ['tsc', '--project', 'web'],
  ],
}

export const stepNames = Object.keys(commands)

/** Runs the named checks in turn, all of them even when one fails. Resolves to the names of those that failed. */
export async function runSteps(names) {
  const failed = []
  for (const name of names) {
    console.log(`── ${name}`)
    for (const [command, ...args] of commands[name]) {
      if ((await run(command, args)) !== 0 && !failed.includes(name)) failed.push(name)
    }
  }
  return failed
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !stepNames.includes(name))
  if (names.length === 0 || unknown.length > 0) {
    console.error(`usage: node scripts/steps.mjs ${stepNames.join('|')} ...`)
    process.exit(2)
  }
  await install({ development: true })
  if ((await runSteps(names)).length > 0) process.exitCode = 1
}
