import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../support/server.ts'
import { blocksOf } from './blocks.ts'
import { testCommands } from './commands.ts'
import { startConfigured } from './configured.ts'
import { drawing } from './picture.ts'
import { makePlace, start } from './start.ts'

const page = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = blocksOf(page)

describe('the README', () => {
  testCommands(blocks)
})

describe('the picture in the README', () => {
  it('is what a session looks like', async () => {
    const place = await makePlace()
    try {
      const running = await start(place)
      const drawn = await drawing((commands) => running.shell(commands)).finally(() => running.stop())
      assert.equal(readFileSync(join(root, 'docs', 'session.svg'), 'utf8'), drawn)
    } finally {
      await place.remove()
    }
  })
})

describe('the configuration file in the README', () => {
  const [configuration = ''] = blocks.filter(({ words }) => words[1] === 'config').map(({ text }) => text)
  const [here = '', init = '', unseal = ''] = blocks
    .filter(({ words }) => words[2] === 'shamir')
    .map(({ text }) => text)
  const unsealed = /Initialized +true\n[\s\S]*Sealed +false\n(?![\s\S]*Sealed)/

  it('starts a server that waits for its key shares, at each start', async () => {
    const place = await makePlace()
    const keys = join(place.folder, 'home', 'coffer-keys.txt')
    try {
      const first = await startConfigured(place, configuration)
      try {
        const made = await first.shell(here + init)
        assert.equal(made.code, 0, made.output)
        const before = await readFile(keys, 'utf8')
        assert.match(before, /^Unseal Key 5: /m)
        assert.equal((await first.shell(here + init)).code, 1, 'a second time is refused')
        assert.equal(await readFile(keys, 'utf8'), before, 'and the shares are still there')
        assert.match((await first.shell(here + unseal)).output, unsealed)
      } finally {
        await first.stop()
      }
      const second = await startConfigured(place, configuration)
      try {
        assert.match((await second.shell(here + unseal)).output, unsealed)
      } finally {
        await second.stop()
      }
    } finally {
      await place.remove()
    }
  })
})

describe('a configuration file without an audit block', () => {
  it('is started with a warning, and the one in the README without', async () => {
    const [shown = ''] = blocks.filter(({ words }) => words[1] === 'config').map(({ text }) => text)
    for (const [configuration, warned] of [
      [shown, false],
      [shown.replace(/^audit [\s\S]*?^}\n/m, ''), true],
    ] as const) {
      const place = await makePlace()
      try {
        const running = await startConfigured(place, configuration)
        await running.stop()
        assert.equal(/there is no audit block: no request is recorded/.test(running.output()), warned)
      } finally {
        await place.remove()
      }
    }
  })
})

describe('npm start', () => {
  it('prints commands that work, stops on Ctrl-C, and finds everything again', async () => {
    const place = await makePlace()
    try {
      const first = await start(place)
      const [, address = ''] = /^Open (https:\/\/\S+) in a browser and log in/m.exec(first.greeting) ?? []
      assert.match(first.greeting, new RegExp(`^Coffer serves ${address}$`, 'm'))
      assert.notEqual(address, '', 'it says to open the page')
      const commands = first.greeting
        .split('\n')
        .filter((line) => line.startsWith('  '))
        .map((line) => line.replace('password=-', 'password=kept'))
      assert.equal(commands.length, 6)
      const tried = await first.shell(commands.join('\n'))
      assert.equal(tried.code, 0, tried.output)
      await first.stop()

      const second = await start(place)
      const again = await second.shell([...commands.slice(0, 3), commands[4]].join('\n'))
      assert.match(again.output, /password {4}kept/)
      // The first start alone has a root token to show.
      assert.match(first.greeting, /root token/)
      assert.doesNotMatch(second.greeting, /root token/i)
      await second.stop()
    } finally {
      await place.remove()
    }
  })
})
