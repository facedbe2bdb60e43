import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { root } from '../support/server.ts'
import type { Target } from '../support/vault.ts'
import { lineOf, type NotBuilt, type Outcome } from './not-built.ts'

/** Where the recorded conversations and their runner are; `COFFER_CONFORMANCE` says so, or beside the repository. */
export const recordings = process.env.COFFER_CONFORMANCE ?? resolve(root, '..', 'shared', 'conformance')

const runner = join(recordings, 'conform.mjs')

/** What is missing for a run, or undefined. */
export const missing: string | undefined = existsSync(runner)
  ? undefined
  : `the folder of recorded conversations (${recordings})`

/** The names of the recordings, one for each area. */
export function areas(): string[] {
  return readdirSync(recordings)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
}

/** The conversations of an area, as lines of the list. */
export function linesOf(area: string): string[] {
  const scenarios: Omit<Outcome, 'ok'>[] = JSON.parse(readFileSync(join(recordings, `${area}.json`), 'utf8'))
  return scenarios.map((scenario) => lineOf({ ...scenario, ok: false }))
}

/** Plays the recordings of an area against a server, and also resolves to what the runner printed. */
export async function play(
  target: Target,
  area: string,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-conformance-'))
  try {
    const table = join(folder, 'outcomes.tsv')
    const args = [runner, 'check', '-v', '--tsv', table, join(recordings, `${area}.json`)]
    const env = { ...process.env, ADDR: target.address, TOKEN: target.token }
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    await once(child, 'close')
    const written = existsSync(table)
    if (!written) throw new Error(`the runner ended without a table:\n${output}`)
    return { outcomes: parseTable(await readFile(table, 'utf8')), output }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the runner printed about the conversations that failed without being on the list. */
export function problems(output: string, list: NotBuilt): string[] {
  const blocks = output.split(/^(?=FAIL )/m).filter((block) => block.startsWith('FAIL '))
  return blocks.filter((block) => !list.has(block.slice('FAIL '.length, block.indexOf('\n'))))
}

function parseTable(text: string): Outcome[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [area = '', name = '', outcome] = line.split('\t')
      return { area, name, ok: outcome === 'ok' }
    })
}
