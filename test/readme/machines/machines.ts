import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../support/server.ts'

const here = join(root, 'test', 'readme', 'machines')
const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']

/** What is missing here to make machines, as `requires` wants it. */
export const missingMachines: string | undefined = (() => {
  if (!existsSync('/lib/systemd/system/etcd.service')) return 'the Debian package etcd-server'
  const probe =
    'mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w && mount -t overlay o -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc'
  try {
    execFileSync('unshare', [...namespaces, 'sh', '-c', `ip link add lan type bridge && ${probe}`], {
      stdio: 'ignore',
    })
    return undefined
  } catch {
    return 'the right to make namespaces and mounts'
  }
})()

export type Machines = {
  /** Runs commands with bash on a machine, as root in its home; the first that fails ends them. */
  run(machine: string, commands: string): Promise<{ code: number | null; output: string }>
  /** What the services of a machine have printed. */
  logs(machine: string): Promise<string>
  stop(): Promise<void>
}

/** Makes machines of this one, named after their addresses, which are in one network of 256. */
export async function makeMachines(addresses: readonly string[]): Promise<Machines> {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-machines-'))
  const rig = spawn('unshare', [...namespaces, join(here, 'rig.sh'), folder, root, ...addresses], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    rig.stdout.once('data', () => resolve())
    rig.once('exit', () => reject(new Error('the machines could not be made')))
  })
  // The repository as the machines see it.
  const path = `${folder}/coffer/test/readme/machines/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
  const enter = ['--target', firstChild(rig), '--mount', '--net', '--pid']

  async function run(machine: string, commands: string) {
    const child = spawn('nsenter', [...enter, join(here, 'bin', 'ssh'), `root@${machine}`], {
      env: { PATH: path, RIG: folder },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child.stdin.end(`exec 2>&1\n${commands}\n`)
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return { code: typeof code === 'number' ? code : null, output }
  }
  return {
    run,
    logs: async (machine) => (await run(machine, 'tail -n 20 /var/lib/rig/*.log || true')).output,
    async stop() {
      const gone = once(rig, 'exit')
      rig.kill('SIGKILL')
      await gone
      rmdirSync(folder)
    },
  }
}

/** The process that is the first one of the namespaces. */
function firstChild({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
}
