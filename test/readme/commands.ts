import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { missingEnvironment } from '../clients/python/python.ts'
import { requires } from '../support/requires.ts'
import { root } from '../support/server.ts'
import { type Block, matches } from './blocks.ts'
import { makePlace, type Place, pathWith, type Start, start } from './start.ts'

const python = 'fedcloudclient-1.4.7'

// Each block is a shell of its own, which finds the variables and functions of those before it.
const first = 'known=" $(compgen -v | tr "\\n" " ") known name PIPESTATUS BASH_REMATCH "'
const last = `{ for name in $(compgen -v); do [[ $known == *" $name "* ]] || declare -p "$name"; done; declare -f; } > "$HOME/carried"`

/**
 * Makes a test of each block `sh test` of a page, in order, all on one `npm start`: it succeeds, or with `fails`
 * does not, and what is in the block `output` behind it is what it printed.
 */
export function testCommands(blocks: readonly Block[]): void {
  let place: Place
  let running: Start
  before(async () => {
    place = await makePlace()
    running = await start(place)
  })
  after(async () => {
    await running?.stop()
    await place?.remove()
  })

  let carried = ''
  for (const [i, { words, text, line }] of blocks.entries()) {
    if (words[0] !== 'sh' || words[1] !== 'test' || words[2] === 'shamir') continue
    const fails = words[2] === 'fails'
    const needs = words[2] === 'fedcloud' ? missingEnvironment(python) : undefined
    it(`line ${line}: ${text.split('\n')[0]}`, requires(needs), async () => {
      const path = pathWith(join(root, '.cache', 'python', python, 'bin'))
      const { code, output } = await running.shell(
        `${first}\n${carried}\n${text}${fails ? '' : `\n${last}`}`,
        path,
      )
      if (fails) assert.notEqual(code, 0, output)
      else {
        assert.equal(code, 0, output)
        carried = await readFile(join(place.folder, 'home', 'carried'), 'utf8')
      }
      const next = blocks[i + 1]
      if (next?.words[1] === 'output') assert.ok(matches(output, next.text), output)
    })
  }
}
