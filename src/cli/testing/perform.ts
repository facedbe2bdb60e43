import { appendFile, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { scriptedServer } from '../../client/testing/scripted-server.ts'
import { run } from '../program.ts'
import { fakeIo } from './fake-io.ts'
import type { Block, Result, Step } from './transcript.ts'

/** Does what a transcript says; calls back with what each command really did. */
export async function perform(
  blocks: readonly Block[],
  home: string,
  check: (step: Step, result: Result, problems: readonly string[]) => void,
): Promise<void> {
  for (const block of blocks) {
    if (block.kind === 'file') await addLine(join(home, block.name), block.line)
    if (block.kind !== 'step') continue
    const server = await scriptedServer(block.step.exchanges)
    try {
      const result = await performStep(block.step, home, server.address)
      check(block.step, result, server.problems())
    } finally {
      await server.close()
    }
  }
}

/** Adds a line to a file that everybody may read, whatever the umask. */
export async function addLine(path: string, line: string): Promise<void> {
  await appendFile(path, `${line}\n`)
  await chmod(path, 0o644)
}

/** Runs one command against a server; its address and the home directory become placeholders. */
export async function performStep(step: Step, home: string, address: string): Promise<Result> {
  const filled = (word: string) => word.replaceAll('{{address}}', address).replaceAll('{{home}}', home)
  const environment = Object.fromEntries(
    Object.entries(step.env).map(([name, value]) => [name, filled(value)]),
  )
  const io = fakeIo({
    env: { VAULT_ADDR: address, NO_COLOR: '1', ...environment },
    home,
    stdin: step.stdin,
    tty: step.tty,
  })
  const exit = await run(step.argv.map(filled), io)
  const shown = (text: string) =>
    text
      .replaceAll(address, '{{address}}')
      .replaceAll(new URL(address).host, '{{host}}')
      .replaceAll(home, '{{home}}')
  return { stdout: shown(io.out()), stderr: shown(io.error()), exit }
}
