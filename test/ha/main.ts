// The whole test of availability: three nodes on each store, clients that work at all of them, and faults.
//   -runs=N          runs of each fault; 2 unless given
//   -store=a,b       which stores; all unless given
//   -fault=TEXT      faults whose name has this in it; all unless given
//   -seed=N          what clients choose follows from it; shown at the start
//   -format=json     the report as JSON on standard output; progress is on standard error
//   -from=a,b        shows reports that were written as JSON before, and runs nothing
//   -write=FILE      puts the tables into that document
// It ends with 1 when an acknowledged write was lost or an answer was wrong.
import { readFile, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { randomFrom } from '../storage/history/work.ts'
import { figures, intoDocument, machine, type Report, type Series } from './report.ts'
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
    from: { type: 'string' },
    write: { type: 'string' },
  },
})
const runs = Number(values.runs)
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error('-runs is a number of runs, from 1 on')
/** Milliseconds that a client gives one node for one answer before it asks another. */
const patience = 1000
/** The load of the machine at the end of each run. */
const load: number[] = []
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
    try {
      for (let run = 0; run < runs; run++) {
        for (const one of series) one.runs.push(await runOnce(suite, standing, one, run))
      }
    } catch (error) {
      // What was measured before is worth a report, and a cluster that does not come back is worth a failure.
      say(`${suite.name}: BROKEN: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
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
  const result = await runFault({
    cluster,
    run: `r${number}f${index}`,
    fault,
    random,
    patience,
    pacing: 30,
    calm: 1200,
  })
  load.push(loadavg()[0] ?? 0)
  const { readGap, writeGap, lost, wrong, operations } = result
  say(
    `${suite.name}: ${fault.name}, ${number + 1} of ${runs}: longest gap ${Math.round(readGap)} ms for readers, ` +
      `${Math.round(writeGap)} ms for writers; ${operations} operations, ${lost} lost, ${wrong.length} wrong`,
  )
  for (const text of wrong.slice(0, 5)) say(`  WRONG: ${text}`)
  return result
}

/** Reports that were written before, as one. */
async function readReports(files: readonly string[]): Promise<Report> {
  // They are our own.
  const all = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Report))
  const [first] = all
  if (first === undefined) throw new Error('there is no report')
  const series = all.flatMap((one) => one.series)
  // What was measured in parts is one series.
  const whole = Map.groupBy(series, ({ store, fault }) => `${store}: ${fault}`)
  return {
    ...first,
    load: all.flatMap(({ load }) => load),
    series: [...whole.values()].map((parts) => ({
      ...(parts[0] as Series),
      runs: parts.flatMap(({ runs }) => runs),
    })),
  }
}

async function runAll(): Promise<Report> {
  say(`seed ${values.seed}`)
  const series: Series[] = []
  for (const name of values.store.split(',')) {
    const suite = suites[name]
    if (suite === undefined)
      throw new Error(`there is no store ${name}: use ${Object.keys(suites).join(', ')}`)
    const missing = suite.missing()
    if (missing === undefined) series.push(...(await runSuite(suite)))
    else if (process.env.COFFER_TEST_STRICT === '1') throw new Error(`${missing} is missing here`)
    else say(`${suite.name}: left out, because ${missing} is missing here`)
  }
  if (series.length === 0) throw new Error('there is nothing to run: see -store and -fault')
  return { machine: machine(), patience, load, series }
}

const report = await (values.from === undefined ? runAll() : readReports(values.from.split(',')))
const shown = figures(report)
process.stdout.write(values.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : `\n${shown}\n`)
if (values.write !== undefined) {
  await writeFile(values.write, intoDocument(await readFile(values.write, 'utf8'), shown))
}
const bad = report.series
  .flatMap((series) => series.runs)
  .filter(({ lost, wrong }) => lost > 0 || wrong.length > 0)
if (bad.length > 0) {
  say(`${bad.length} runs lost a write or had a wrong answer`)
  process.exitCode = 1
}
process.exit()
