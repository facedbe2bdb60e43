import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureLocalCertificate } from '../../src/http/tls/local.ts'
import { program, root } from '../support/server.ts'
import { type Place, runShell, type Shell } from './start.ts'

/** Starts `coffer server -config=…` with a page's configuration, its paths and address turned to a place. */
export async function startConfigured(
  { folder, ports: [port] }: Place,
  configuration: string,
): Promise<{ output(): string; shell(commands: string): Promise<Shell>; stop(): Promise<void> }> {
  const { ca, server } = await ensureLocalCertificate(join(folder, 'tls'), [], Date.now())
  const file = join(folder, 'coffer.hcl')
  const here = configuration
    .replace('/var/lib/coffer/', `${folder}/data/`)
    .replace('/var/log/coffer/', `${folder}/log/`)
    .replace('0.0.0.0:8200', `127.0.0.1:${port}`)
    .replace('/etc/coffer/tls.pem', server)
    .replace('/etc/coffer/tls-key.pem', server)
  await writeFile(file, here)

  const env = { PATH: process.env.PATH ?? '', HOME: join(folder, 'home') }
  const child = spawn(program, ['server', `-config=${file}`], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part
      if (output.includes('https://127.0.0.1')) child.emit('greeted')
    })
  }
  await Promise.race([once(child, 'greeted'), closed])
  if (child.exitCode !== null) throw new Error(`coffer server ended:\n${output}`)
  return {
    output: () => output,
    shell: (commands) =>
      runShell(
        commands
          .replaceAll('https://secrets.example.org:8200', `https://127.0.0.1:${port}`)
          .replaceAll('/etc/coffer/ca.pem', ca),
        env,
      ),
    async stop() {
      child.kill('SIGTERM')
      await closed
    },
  }
}
