// Plain JavaScript for Node 20: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, runtimePath } from './runtime.mjs'

/**
 * Installs what package-lock.json names, unless exactly that is there already. Says so in one line on
 * standard error when there is something to do.
 *
 * @param {{ development: boolean }} options whether the packages for building and testing are needed too
 */
export function install({ development }) {
  if (isInstalled({ development })) return
  const began = Date.now()
  process.stderr.write('Installing the npm packages that package-lock.json names ...')
  const [command, ...npm] = process.env.npm_execpath
    ? [process.env.npm_node_execpath ?? process.execPath, process.env.npm_execpath]
    : ['npm']
  // An environment such as NODE_ENV=production leaves packages out of its own accord.
  const kinds = [development ? '--include=dev' : '--omit=dev', '--include=optional']
  // `npm ci` would refuse a lock file that lacks tools for other kinds of machine, whatever the versions; this
  // takes the versions of the lock file too, checks their integrity, and leaves the file alone.
  const install = ['install', '--no-save', '--loglevel=error', ...kinds]
  const { status, error, stdout, stderr } = spawnSync(command, [...npm, ...install], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (error || status !== 0) {
    process.stderr.write(` failed\n${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`)
    process.exit(1)
  }
  process.stderr.write(` done in ${Math.round((Date.now() - began) / 1000)} s\n`)
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
