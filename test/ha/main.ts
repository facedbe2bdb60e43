// The whole test of availability: three nodes on each store, clients that work at all of them, and faults.
//   -runs=N          runs of each fault; 2 unless given
//   -store=a,b       which stores; all unless given
//   -fault=TEXT      faults whose name has this in it; all unless given
//   -seed=N          what clients choose follows from it; shown at the start
//   -format=json     the report as JSON on standard output; progress is on standard error
//   -write=FILE      puts the tables into that document
// It ends with 1 when an acknowledged write was lost or an answer was wrong.
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { randomFrom } from '../storage/history/work.ts'
import { intoDocument, machine, type Series, tables } from './report.ts'
import { type RunResult, runFault } from './run.ts'
import { type Standing, type Suite, suites } from './suites.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).map((arg) => arg.replace(/^-(?=[a-z])/, '--')),
  options: {
    runs: { type: 'string', default: '2' },
    store: { type: 'string', default: Object.keys(suites).join(',') },
    fault: { type: 'string', default: '' },
    seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
    format: { type: 'string', default: 'table' },
    write: { type: 'string' },
  },
})
const runs = Number(values.runs)
/** Milliseconds that a client gives one node for one answer before it asks another. */
const patience = 1000
const random = randomFrom(Number(values.seed))
const began = performance.now()
const say = (text: string): void => {
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stderr.write(`${String(seconds).padStart(5)} s  ${text}\n`)
}

async function runSuite(suite: Suite): Promise<Series[]> {
  say(`${suite.name}: starting`)
  const standing = await suite.start({ apart: process.env.COFFER_HA_APART === '1' })
  try {
    const series = standing.faults
      .filter(({ name }) => name.includes(values.fault))
      .map(({ name }) => ({
        store: suite.name,
        about: suite.about,
        fault: name,
        runs: [] as RunResult[],
      }))
    // All faults in turn, so that no fault always meets a cluster that is as new as the first one does.
    for (let run = 0; run < runs; run++) {
      for (const one of series) one.runs.push(await runOnce(suite, standing, one, run))
    }
    return series
  } finally {
    await standing.stop()
  }
}

async function runOnce(
  suite: Suite,
  { cluster, faults }: Standing,
  series: Series,
  number: number,
): Promise<RunResult> {
  const index = faults.findIndex(({ name }) => name === series.fault)
  const fault = faults[index]
  if (fault === undefined) throw new Error(`there is no fault ${series.fault}`)
  const result = await runFault({ cluster, run: `r${number}f${index}`, fault, random, patience, calm: 1500 })
  const { readGap, writeGap, lost, wrong, operations } = result
  say(
    `${suite.name}: ${fault.name}, ${number + 1} of ${runs}: longest gap ${Math.round(readGap)} ms for readers, ` +
      `${Math.round(writeGap)} ms for writers; ${operations} operations, ${lost} lost, ${wrong.length} wrong`,
  )
  for (const text of wrong.slice(0, 5)) say(`  WRONG: ${text}`)
  return result
}

say(`seed ${values.seed}`)
const report: Series[] = []
for (const name of values.store.split(',')) {
  const suite = suites[name]
  if (suite === undefined) throw new Error(`there is no store ${name}: use ${Object.keys(suites).join(', ')}`)
  report.push(...(await runSuite(suite)))
}
const figures = `Measured on ${machine()}. The command: \`npm run ${process.env.npm_lifecycle_event ?? 'test:ha'}\`. A client gives a node ${patience / 1000} s for an answer before it asks another.\n\n${tables(report)}`
if (values.format === 'json') {
  process.stdout.write(
    `${JSON.stringify({ machine: machine(), seed: Number(values.seed), report }, null, 2)}\n`,
  )
} else process.stdout.write(`\n${figures}\n`)
if (values.write !== undefined) {
  await writeFile(values.write, intoDocument(await readFile(values.write, 'utf8'), figures))
}
const bad = report.flatMap((series) => series.runs).filter(({ lost, wrong }) => lost > 0 || wrong.length > 0)
if (bad.length > 0) {
  say(`${bad.length} runs lost a write or had a wrong answer`)
  process.exitCode = 1
}
process.exit()
