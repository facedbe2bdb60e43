import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../support/server.ts'
import type { Operation } from './history.ts'

/** The checker as `npm run clients` builds it from `checker/`. */
const folder = join(root, '.cache', 'clients', 'checker')
const program = join(folder, 'checker')

/** What is missing to check histories, or undefined. */
export const missingChecker = (): string | undefined =>
  existsSync(join(folder, 'installed')) ? undefined : 'the checker of histories ("npm run clients" builds it)'

export type Verdict = {
  readonly operations: number
  readonly objects: number
  /** The objects whose history no order of operations explains. */
  readonly wrong: readonly { readonly object: string; readonly operations: readonly Operation[] }[]
  /** Those for which the time was not enough. */
  readonly undecided: readonly string[]
}

/** @param limit seconds for each object */
export async function checkHistory(history: readonly Operation[], limit = 20): Promise<Verdict> {
  const child = spawn(program, [String(limit)], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(history.map((operation) => JSON.stringify(operation)).join('\n'))
  const [output, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0) throw new Error(`the checker ended with ${code}: ${error}`)
  return JSON.parse(output) as Verdict
}
