// Runs the test files below the named folders and reports as they end.
//   --whole                   also those that take too long for every run
//   COFFER_TEST_STRICT=1      a test that is left out has failed
//   COFFER_FAILED_STEPS=a,b   checks that failed before the tests, repeated before the summary
import { availableParallelism } from 'node:os'
import { relative, resolve } from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testFiles } from './files.ts'
import { type Counts, countStrictly, details, fileLine, type Outcome, seconds, summary } from './report.ts'

const fileLimit = 5 * 60_000
const totalLimit = 12.5 * 60_000
const heartbeat = 20_000
/** Characters of a file's output that are kept: its end. */
const outputLimit = 20_000

const root = fileURLToPath(new URL('../..', import.meta.url))
const strict = process.env.COFFER_TEST_STRICT === '1'
const failedSteps = (process.env.COFFER_FAILED_STEPS ?? '').split(',').filter((name) => name !== '')

type FileState = {
  readonly began: number
  /** The names of the tests and suites that have started last, by nesting. */
  readonly names: string[]
  readonly outcomes: Outcome[]
}
const states = new Map<string, FileState>()
const outcomes: Outcome[] = []
const output = new Map<string, string>()
const [folders, whole] = [
  process.argv.slice(2).filter((one) => one !== '--whole'),
  process.argv.includes('--whole'),
]
const files = testFiles(root, folders, whole).map((file) => resolve(root, file))
const began = performance.now()
/** Suites that failed by themselves or were left out whole, which node's counts leave out. */
const suites = { failed: 0, skipped: 0 }
let ended = 0
let printed = began

function print(text: string): void {
  printed = performance.now()
  console.log(text)
}

function stateOf(file: string): FileState {
  const state = states.get(file) ?? { began: performance.now(), names: [], outcomes: [] }
  states.set(file, state)
  return state
}

print(`── tests (${files.length} files)`)
const stream = run({
  files,
  cwd: root,
  concurrency: Math.max(2, availableParallelism() - 1),
  execArgv: ['--disable-warning=ExperimentalWarning'],
  timeout: fileLimit,
  signal: AbortSignal.timeout(totalLimit),
})

const keepOutput = ({ file, message }: { file: string; message: string }): void => {
  const name = relative(root, file)
  output.set(name, ((output.get(name) ?? '') + message).slice(-outputLimit))
}
stream.on('test:stdout', keepOutput)
stream.on('test:stderr', keepOutput)

/** The test file that an event belongs to, which need not be the one in which the test is written. */
function entryOf(event: { file?: string | undefined; entryFile?: string | undefined }): string {
  return event.entryFile ?? event.file ?? ''
}

stream.on('test:dequeue', (event) => {
  stateOf(entryOf(event)).names[event.nesting] = event.name
})

// `complete` is told at once, whereas `pass` and `fail` wait for the files before.
stream.on('test:complete', (event) => {
  const { name, nesting, line, skip, todo } = event
  const { error, type } = event.details
  const file = entryOf(event)
  const state = stateOf(file)
  const isFile = nesting === 0 && name === file
  const names = isFile ? [] : [...state.names.slice(0, nesting), name]
  const shortFile = relative(root, file)
  const full = [shortFile, ...names].join(' › ')
  if (error !== undefined) {
    const place = `${relative(root, event.file ?? file)}:${line}`
    const failure = 'failureType' in error ? error.failureType : undefined
    if (failure === 'cancelledByParent')
      state.outcomes.push({ kind: 'cancelled', name: full, file: shortFile })
    else if (failure !== 'subtestsFailed') {
      state.outcomes.push({ kind: 'failed', name: full, file: shortFile, place, error })
      if (type === 'suite') suites.failed++
    }
  } else if (skip !== undefined && skip !== false) {
    if (type === 'suite') suites.skipped++
    state.outcomes.push({ kind: 'left out', name: full, reason: skip === true ? 'no reason given' : skip })
  } else if (todo !== undefined && todo !== false) {
    state.outcomes.push({ kind: 'left out', name: full, reason: 'to be done' })
  } else if (type !== 'suite' && !isFile) {
    state.outcomes.push({ kind: 'passed', name: full })
  }
  if (!isFile) return
  ended++
  outcomes.push(...state.outcomes)
  states.delete(file)
  print(fileLine(shortFile, state.outcomes, performance.now() - state.began))
})

const progress = setInterval(() => {
  if (performance.now() - printed < heartbeat) return
  const running = [...states].map(
    ([file, state]) => `${relative(root, file)} (${seconds(performance.now() - state.began)})`,
  )
  print(`...  ${ended} of ${files.length} files done, running: ${running.join(', ')}`)
}, heartbeat / 4)

stream.on('test:summary', ({ file, counts: given, success }) => {
  if (file !== undefined) return
  // The declared type lacks `failed`; the event has it.
  const { failed, skipped, ...others }: Counts = { failed: 0, ...given }
  const counts = { ...others, failed: failed + suites.failed, skipped: skipped + suites.skipped }
  clearInterval(progress)
  const text = details(outcomes, output)
  if (text !== '') print(text)
  if (strict && counts.skipped + counts.todo > 0)
    print('\nNothing may be left out here: it counts as failed.')
  if (failedSteps.length > 0) print(`\nFailed before the tests, see above: ${failedSteps.join(', ')}`)
  const final = strict ? countStrictly(counts) : counts
  print(`\n${summary(final, performance.now() - began)}`)
  if (!success || final.failed + final.cancelled + failedSteps.length > 0) process.exitCode = 1
})
