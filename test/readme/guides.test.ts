import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'node:test'
import { root } from '../support/server.ts'
import { blocksOf } from './blocks.ts'
import { testCommands } from './commands.ts'

const folder = join(root, 'docs', 'guides')

for (const page of readdirSync(folder)) {
  describe(`docs/guides/${page}`, () => {
    testCommands(blocksOf(readFileSync(join(folder, page), 'utf8')))
  })
}
