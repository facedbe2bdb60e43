// Installs the Python clients that the tests run, each set in an environment of its own under .cache/.
// Plain JavaScript for Node 20.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './runtime.mjs'

/** The environments, named after the file in test/clients/python/ that lists what is in each. */
const environments = ['fedcloudclient-1.4.7', 'fedcloudclient-1.4.4']

/**
 * Makes the environments that are missing or whose list has changed. Where that is impossible it says so and goes
 * on: the tests that need one say then that they are left out.
 */
export async function setUpPythonClients() {
  const stale = environments.filter((name) => !isReady(name))
  if (stale.length === 0) return
  process.stderr.write(`Installing the Python clients ${stale.join(' and ')} into .cache/ ...`)
  const began = Date.now()
  try {
    await Promise.all(stale.map(setUp))
    process.stderr.write(` done in ${Math.round((Date.now() - began) / 1000)} s\n`)
  } catch (error) {
    process.stderr.write(` failed\n${error.message}\n`)
  }
}

const folderOf = (name) => join(root, '.cache', 'python', name)
const listOf = (name) => join(root, 'test', 'clients', 'python', `${name}.txt`)
const stampOf = (name) => join(folderOf(name), 'installed')
const hashOf = (name) =>
  createHash('sha256')
    .update(readFileSync(listOf(name)))
    .digest('hex')
const isReady = (name) => existsSync(stampOf(name)) && readFileSync(stampOf(name), 'utf8') === hashOf(name)

async function setUp(name) {
  const folder = folderOf(name)
  rmSync(folder, { recursive: true, force: true })
  await quietly('python3', ['-m', 'venv', folder])
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    listOf(name),
  ]
  await quietly(join(folder, 'bin', 'python'), pip)
  // The stamp comes last, so that what was broken off is begun anew.
  writeFileSync(stampOf(name), hashOf(name))
}

/** Runs a command and shows what it printed only if it failed. */
function quietly(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${command} cannot be run: ${error.message}`)))
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} failed:\n${output}`)),
    )
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await setUpPythonClients()
