import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { root } from '../../support/server.ts'

/** What a page says how to do something without it. */
export type Shown = { readonly text: string; readonly files: Readonly<Record<string, string>> }

/** Opens the commands of an action, where they are not open, and takes those for one program. */
export async function shownCommand(where: Locator, tool: 'coffer' | 'curl'): Promise<Shown> {
  const page = where.page()
  const show = where.getByRole('button', { name: 'Show the command' })
  await show.or(where.getByRole('button', { name: 'Hide the command' })).waitFor()
  if (await show.isVisible()) await show.click()
  const part = where.getByRole('region', { name: 'The same on a command line' })
  await part.getByText(tool, { exact: true }).click()
  const take = async (name: string) => {
    await part.getByRole('button', { name, exact: true }).click()
    return String(await page.evaluate('navigator.clipboard.readText()'))
  }
  const text = await take('Copy the command')
  const files: Record<string, string> = {}
  for (const name of text.match(/payload[\w-]*\.json/g) ?? []) files[name] = await take(`Copy ${name}`)
  return { text, files }
}

/**
 * Runs commands in a POSIX shell, as somebody would paste them; the certificate of the site is nobody's.
 *
 * @param typed what they read from standard input
 * @returns what they print
 */
export async function run({ text, files }: Shown, token: string, typed = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-shell-'))
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
    const env = {
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      VAULT_SKIP_VERIFY: 'true',
      VAULT_TOKEN: token,
    }
    const shell = spawn('sh', ['-ec', `curl() { command curl -k "$@"; }\n${text}`], { cwd: folder, env })
    const printed = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      shell[name].setEncoding('utf8').on('data', (part: string) => {
        printed[name] += part
      })
    }
    shell.stdin.on('error', () => {}).end(typed)
    const code = await new Promise<number | null>((resolve, reject) => {
      shell.on('error', reject).on('close', resolve)
    })
    if (code !== 0)
      throw new Error(`the shell ended with ${code}: ${printed.stderr}${printed.stdout}\n${text}`)
    return printed.stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
