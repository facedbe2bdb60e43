// Installs and builds the clients that the tests run, each below .cache/, from what test/clients/ pins.
// Plain JavaScript for Node 20.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './runtime.mjs'

const sourceOf = (...names) => join(root, 'test', 'clients', ...names)

/**
 * What can be set up: `name` is its folder below .cache/, `tool` what has to be on the machine, `sources` the files
 * or folders that it is made from, and `build` makes it.
 */
const clients = [
  pythonPackages('fedcloudclient-1.4.7'),
  pythonPackages('fedcloudclient-1.4.4'),
  {
    name: 'clients/go',
    tool: 'go',
    sources: [sourceOf('go')],
    async build(folder) {
      const options = { cwd: sourceOf('go') }
      await quietly('go', ['build', '-o', join(folder, 'hashicorp'), '.'], options)
      await quietly('go', ['build', '-tags', 'openbao', '-o', join(folder, 'openbao'), '.'], options)
    },
  },
  {
    name: 'clients/checker',
    tool: 'go',
    sources: [join(root, 'test', 'ha', 'checker')],
    build: (folder) =>
      quietly('go', ['build', '-o', join(folder, 'checker'), '.'], {
        cwd: join(root, 'test', 'ha', 'checker'),
      }),
  },
  {
    name: 'clients/node',
    tool: 'npm',
    sources: [sourceOf('node')],
    async build(folder) {
      mkdirSync(folder, { recursive: true })
      for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
        copyFileSync(sourceOf('node', file), join(folder, file))
      }
      await quietly('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: folder })
    },
  },
  {
    name: 'clients/java',
    tool: 'mvn',
    sources: [sourceOf('java')],
    build: (folder) =>
      quietly(
        'mvn',
        [
          '--quiet',
          '--batch-mode',
          `-Dout=${join(folder, 'target')}`,
          'package',
          'dependency:copy-dependencies',
          `-DoutputDirectory=${join(folder, 'libraries')}`,
        ],
        { cwd: sourceOf('java') },
      ),
  },
  {
    name: 'clients/rust',
    tool: 'cargo',
    sources: [sourceOf('rust')],
    build: (folder) =>
      quietly('cargo', ['build', '--quiet', '--locked', '--target-dir', folder], { cwd: sourceOf('rust') }),
  },
]

/** Python packages in an environment of their own, named after the file that lists them. */
function pythonPackages(name) {
  const list = sourceOf('python', `${name}.txt`)
  return {
    name: `python/${name}`,
    tool: 'python3',
    sources: [list],
    async build(folder) {
      await quietly('python3', ['-m', 'venv', folder])
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', list]
      await quietly(join(folder, 'bin', 'python'), pip)
    },
  }
}

/**
 * Makes what is missing or whose sources have changed. Where that is impossible it says so and goes on: the tests
 * that need it say then that they are left out.
 *
 * @param {readonly string[]} [names] those that are wanted; all without it
 */
export async function setUpClients(names) {
  const wanted = clients.filter(({ name }) => names?.includes(name) ?? true)
  const stale = wanted.filter((client) => !isReady(client))
  if (stale.length === 0) return
  process.stderr.write(`Setting up the clients ${stale.map(({ name }) => basename(name)).join(', ')} ...`)
  const began = Date.now()
  const outcomes = await Promise.allSettled(stale.map(setUp))
  const failures = outcomes.flatMap(({ reason }, i) =>
    reason === undefined ? [] : [`${basename(stale[i].name)}: ${reason.message}`],
  )
  process.stderr.write(` done in ${Math.round((Date.now() - began) / 1000)} s\n`)
  for (const failure of failures) process.stderr.write(`${failure}\n`)
}

const folderOf = ({ name }) => join(root, '.cache', name)
const stampOf = (client) => join(folderOf(client), 'installed')

/** Of everything that a client is made from. */
function hashOf({ sources }) {
  const hash = createHash('sha256')
  for (const source of sources) {
    const inside = source.endsWith('.txt')
      ? [source]
      : readdirSync(source, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
          .map((entry) => join(entry.parentPath, entry.name))
    for (const file of inside.sort()) hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

const isReady = (client) =>
  existsSync(stampOf(client)) && readFileSync(stampOf(client), 'utf8') === hashOf(client)

async function setUp(client) {
  const folder = folderOf(client)
  // What cargo built is worth keeping: most of it is libraries.
  if (client.tool === 'cargo') rmSync(stampOf(client), { force: true })
  else rmSync(folder, { recursive: true, force: true })
  await client.build(folder)
  // The stamp comes last, so that what was broken off is begun anew.
  writeFileSync(stampOf(client), hashOf(client))
}

/** Runs a command and shows what it printed only if it failed. */
function quietly(command, args, { cwd = root } = {}) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await setUpClients()
