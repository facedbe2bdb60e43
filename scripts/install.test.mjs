import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { holds } from './install.mjs'
import { root, runtimePath } from './runtime.mjs'

const wanted = {
  '': { name: 'coffer' },
  'node_modules/server': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/linter': { version: '2.0.0', integrity: 'sha512-b', dev: true },
  'node_modules/other-machine': { version: '3.0.0', integrity: 'sha512-c', optional: true },
}
const { 'node_modules/server': server, 'node_modules/linter': linter } = wanted
const forAll = { development: true }

describe('what is installed', () => {
  test('is enough with everything that the lock file names, but for optional packages', () => {
    assert.ok(holds({ 'node_modules/server': server, 'node_modules/linter': linter }, wanted, forAll))
  })

  test('is not enough with a package missing, in another version, or of other content', () => {
    const others = [undefined, { ...server, version: '1.0.1' }, { ...server, integrity: 'sha512-x' }]
    for (const other of others) {
      assert.ok(!holds({ 'node_modules/server': other, 'node_modules/linter': linter }, wanted, forAll))
    }
  })

  test('lacks the packages for development where only the server is needed', () => {
    const present = { 'node_modules/server': server }
    assert.ok(!holds(present, wanted, forAll))
    assert.ok(holds(present, wanted, { development: false }))
  })
})

const installed = JSON.stringify({ packages: {} })
/** What stands in for npm: it leaves half a package and waits, or leaves everything, as its step says. */
const npm = `
const { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } = require('node:fs')
const { dirname } = require('node:path')
const { spawn } = require('node:child_process')
if (readFileSync('step', 'utf8') === 'wait') {
  mkdirSync('node_modules/half', { recursive: true })
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
  console.error('npm runs')
  writeFileSync('pids', process.pid + ' ' + child.pid)
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
} else {
  writeFileSync('left', String(existsSync('node_modules/half')))
  mkdirSync(dirname(process.env.RUNTIME), { recursive: true })
  writeFileSync(process.env.RUNTIME, '')
  writeFileSync('node_modules/.package-lock.json', '${installed}')
}
`

/** A folder with the scripts, a lock file without packages, and a npm. */
async function folderFor(t) {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-install-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'scripts'))
  for (const name of ['install.mjs', 'runtime.mjs']) {
    await copyFile(join(root, 'scripts', name), join(folder, 'scripts', name))
  }
  await writeFile(
    join(folder, 'scripts', 'main.mjs'),
    "import { install } from './install.mjs'\nawait install({ development: false })\n",
  )
  await writeFile(join(folder, 'package-lock.json'), installed)
  await writeFile(join(folder, 'npm.cjs'), npm)
  const start = (environment = {}) => {
    const child = spawn(process.execPath, ['scripts/main.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        RUNTIME: relative(root, runtimePath()),
        npm_execpath: join(folder, 'npm.cjs'),
        ...environment,
      },
    })
    t.after(() => child.kill('SIGKILL'))
    return { child, ended: Promise.all([once(child, 'close'), text(child.stderr)]) }
  }
  return {
    start,
    inside: (name) => join(folder, name),
    step: (name) => writeFile(join(folder, 'step'), name),
  }
}

const isGone = (pid) => {
  try {
    return !process.kill(pid, 0)
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** The text of a file, once it has one. */
async function written(file) {
  for (;;) {
    const found = await readFile(file, 'utf8').catch(() => '')
    if (found !== '') return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('an installation', { timeout: 60_000 }, () => {
  test('that is interrupted ends npm and what npm started, and the next one begins afresh', async (t) => {
    const { start, inside, step } = await folderFor(t)
    await step('wait')
    const { child, ended } = start()
    const pids = (await written(inside('pids'))).split(' ').map(Number)
    const second = await start().ended
    assert.equal(second[0][0], 1)
    assert.match(second[1], /being installed by another command/)

    child.kill('SIGINT')
    const [[code], output] = await ended
    assert.equal(code, 130)
    assert.match(output, /interrupted/)
    // What was ended is there until the system has taken note of it.
    while (!pids.every(isGone)) await new Promise((resolve) => setImmediate(resolve))

    await step('install')
    const [[next], said] = await start().ended
    assert.equal(next, 0, said)
    assert.match(said, /done in/)
    assert.equal(await readFile(inside('left'), 'utf8'), 'false')
    const [[again], silent] = await start().ended
    assert.deepEqual([again, silent], [0, ''])
  })

  test('that leaves packages out is a failure', async (t) => {
    const { start, step } = await folderFor(t)
    await step('install')
    const [[code], output] = await start({ RUNTIME: 'elsewhere/node' }).ended
    assert.equal(code, 1)
    assert.match(output, /npm has left packages out/)
  })

  test('without a registry ends soon and says what to check', async (t) => {
    const { start, inside } = await folderFor(t)
    await writeFile(inside('package.json'), JSON.stringify({ dependencies: { typebox: '1.4.3' } }))
    await writeFile(inside('package-lock.json'), await readFile(join(root, 'package-lock.json')))
    const { npm_execpath = '' } = process.env
    const environment = { npm_execpath, npm_config_registry: 'http://127.0.0.1:1' }
    const [[code], output] = await start(environment).ended
    assert.equal(code, 1)
    assert.match(output, /ECONNREFUSED[\s\S]*registry of packages cannot be reached: check the network/)
  })
})
