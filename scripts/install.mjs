// Plain JavaScript for Node 20: it runs before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, runtimePath } from './runtime.mjs'

/** Seconds between signs of life. */
const every = 5
/** Milliseconds that npm has to end after a signal. */
const patience = 3000
/** What a registry that does not answer costs: seconds, where npm would take minutes. */
const bounded = [
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=2000',
  '--fetch-timeout=30000',
]
const inProgress = 'The npm packages are being installed by another command; try again when it has ended.'
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|_TIMEOUT/

/**
 * Installs what package-lock.json names, unless exactly that is there already. Says so on standard error when
 * there is something to do, and ends the process when it cannot be done. A signal ends npm too.
 *
 * @param {{ development: boolean }} options whether the packages for building and testing are needed too
 */
export async function install(needs) {
  const marker = join(root, 'node_modules', '.coffer-installing')
  const before = existsSync(marker) ? Number(readFileSync(marker, 'utf8')) : undefined
  if (before === undefined && isInstalled(needs)) return
  if (before !== undefined && isAlive(before)) stop(inProgress)
  // An install that was cut off leaves packages that are not whole, which npm takes for whole ones.
  if (before !== undefined) rmSync(join(root, 'node_modules'), { recursive: true, force: true })
  mark(marker)
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  process.stderr.write('Installing the npm packages that package-lock.json names ...')
  const alive = setInterval(() => process.stderr.write(` ${seconds()} s`), every * 1000)
  const { code, output } = await runNpm(needs)
  clearInterval(alive)
  // After a failure npm puts back what was there; when it was ended, the next start has to.
  if (code >= 0) rmSync(marker, { force: true })
  if (code !== 0) {
    const hint = unreachable.test(output)
      ? 'The registry of packages cannot be reached: check the network. npm takes a proxy from ' +
        'HTTPS_PROXY, and another registry from npm_config_registry.'
      : ''
    stop(` failed\n${output}${hint}`)
  }
  if (!isInstalled(needs)) {
    stop(' failed\nnpm has left packages out; remove the folder node_modules and try again.')
  }
  process.stderr.write(` done in ${seconds()} s\n`)
}

/** Of two that start at the same moment one is first. */
function mark(marker) {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  try {
    writeFileSync(marker, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    stop(inProgress)
  }
}

function stop(text) {
  process.stderr.write(`${text.trimEnd()}\n`)
  process.exit(1)
}

function isAlive(id) {
  try {
    return id > 0 && id !== process.pid && process.kill(id, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Resolves to npm's exit code and what it printed; a signal ends npm, and then this process. */
function runNpm({ development }) {
  const [command, ...npm] = process.env.npm_execpath
    ? [process.env.npm_node_execpath ?? process.execPath, process.env.npm_execpath]
    : ['npm']
  // An environment such as NODE_ENV=production leaves packages out of its own accord.
  const kinds = [development ? '--include=dev' : '--omit=dev', '--include=optional']
  // `npm ci` would refuse a lock file that lacks tools for other kinds of machine, whatever the versions; this
  // takes the versions of the lock file too, checks their integrity, and leaves the file alone.
  const args = [...npm, 'install', '--no-save', '--loglevel=error', ...bounded, ...kinds]
  // A group of its own, so that what npm starts ends with it.
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
  let ended
  const interrupt = (signal) => {
    if (ended !== undefined) return
    ended = 128 + numbers[signal]
    end('SIGTERM')
    setTimeout(() => end('SIGKILL'), patience).unref()
  }
  for (const signal of Object.keys(numbers)) process.on(signal, interrupt)
  return new Promise((resolve) => {
    const finish = (code) => {
      for (const signal of Object.keys(numbers)) process.off(signal, interrupt)
      if (ended !== undefined) {
        end('SIGKILL')
        process.stderr.write(' interrupted\n')
        process.exit(ended)
      }
      resolve({ code, output })
    }
    child.once('error', (error) => {
      output += `${command}: ${error.message}\n`
      finish(127)
    })
    child.once('close', (code) => finish(code ?? -1))
  })
}

/** Whether node_modules holds what package-lock.json names, by the list that npm keeps of what it put there. */
function isInstalled(needs) {
  const present = packagesIn(join('node_modules', '.package-lock.json'))
  return (
    present !== undefined &&
    existsSync(runtimePath()) &&
    holds(present, packagesIn('package-lock.json'), needs)
  )
}

/**
 * Whether the packages that are present (by path, as in a lock file) are those that are wanted. What is optional
 * may be missing, since it may be for another kind of machine.
 */
export function holds(present, wanted, { development }) {
  return Object.entries(wanted).every(([path, { version, integrity, dev, optional, devOptional }]) => {
    const found = present[path]
    if (found) return found.version === version && found.integrity === integrity
    return path === '' || optional || devOptional || (dev && !development)
  })
}

function packagesIn(file) {
  const path = join(root, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}
