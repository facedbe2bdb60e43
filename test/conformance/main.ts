// `npm run conformance [-- AREA...]`: plays the recorded conversations of some areas, or of all, against a new
// development server and prints what differs. With --shrink it takes what passed off the list in not-built.txt.
import { readFileSync, writeFileSync } from 'node:fs'
import { startDevServer } from '../support/server.ts'
import { formatNotBuilt, type Outcome, parseNotBuilt, shrink } from './not-built.ts'
import { areas, missing, play } from './recordings.ts'

const args = process.argv.slice(2)
const wanted = args.filter((arg) => arg !== '--shrink')
if (missing !== undefined) {
  console.error(`conformance: ${missing} is missing`)
  process.exit(2)
}
const unknown = wanted.filter((area) => !areas().includes(area))
if (unknown.length > 0) {
  console.error(`conformance: no area ${unknown.join(', ')}; there are ${areas().join(', ')}`)
  process.exit(2)
}

const server = await startDevServer()
const outcomes: Outcome[] = []
try {
  for (const area of wanted.length > 0 ? wanted : areas()) {
    const played = await play(server, area)
    console.log(played.output.trimEnd())
    outcomes.push(...played.outcomes)
  }
} finally {
  await server.stop()
}
if (args.includes('--shrink')) {
  const file = new URL('not-built.txt', import.meta.url)
  const list = parseNotBuilt(readFileSync(file, 'utf8'))
  const left = shrink(list, outcomes)
  writeFileSync(file, formatNotBuilt(left))
  console.log(`not-built.txt: ${list.size - left.length} lines less, ${left.length} left`)
}
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1
