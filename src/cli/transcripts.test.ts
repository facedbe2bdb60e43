import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { perform } from './testing/perform.ts'
import { parseTranscript, renderResult, renderTranscript } from './testing/transcript.ts'

const folder = new URL('testdata/', import.meta.url)
const names = (await readdir(folder)).filter((name) => name.endsWith('.txt')).sort()

describe('the command line, as recorded', () => {
  for (const name of names) {
    it(name.replace(/\.txt$/, ''), async (t) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      const blocks = parseTranscript(text)
      assert.equal(renderTranscript(blocks), text, 'the transcript is written in the usual way')
      const home = await mkdtemp(join(tmpdir(), 'coffer-cli-'))
      t.after(() => rm(home, { recursive: true }))
      await perform(blocks, home, (step, result, problems) => {
        const seen = [...problems, ...renderResult(result)].join('\n')
        assert.equal(seen, renderResult(step.result).join('\n'), step.commandLine)
      })
    })
  }
})
