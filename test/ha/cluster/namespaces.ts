import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { freePort } from '../../support/ports.ts'
import type { Machines } from './machines.ts'

/** The network that the machines share; nothing of it leaves the network namespace of this process. */
const address = (machine: number): string => `10.99.0.${machine + 1}`

/**
 * Machines of their own as far as the network goes: each is a network namespace, joined to the others by a bridge.
 * For root, in a network namespace that was made for it: `unshare --net`.
 */
export async function namespaces(count: number): Promise<Machines> {
  const name = (machine: number): string => `coffer-${process.pid}-${machine}`
  const all = Array.from({ length: count }, (_, machine) => machine)
  const remove = async (): Promise<void> => {
    for (const machine of all) await run('ip', ['netns', 'del', name(machine)]).catch(() => {})
    await run('ip', ['link', 'del', 'machines']).catch(() => {})
  }
  try {
    await run('ip', ['link', 'add', 'machines', 'type', 'bridge'])
    await run('ip', ['addr', 'add', '10.99.0.254/24', 'dev', 'machines'])
    await run('ip', ['link', 'set', 'machines', 'up'])
    for (const machine of all) {
      const cable = `cable${machine}`
      const there = ['-n', name(machine)]
      await run('ip', ['netns', 'add', name(machine)])
      await run('ip', [
        ...['link', 'add', cable, 'type', 'veth'],
        ...['peer', 'name', 'eth0', 'netns', name(machine)],
      ])
      await run('ip', ['link', 'set', cable, 'master', 'machines', 'up'])
      await run('ip', [...there, 'addr', 'add', `${address(machine)}/24`, 'dev', 'eth0'])
      for (const link of ['lo', 'eth0']) await run('ip', [...there, 'link', 'set', link, 'up'])
    }
  } catch (error) {
    await remove()
    throw error
  }
  const nft = (machine: number, rules: string) =>
    run('ip', ['netns', 'exec', name(machine), 'nft', '-f', '-'], rules)
  return {
    on: (machine, argv) => ['ip', 'netns', 'exec', name(machine), ...argv],
    address,
    port: freePort,
    network: {
      async cut(machine) {
        const others = `${address(0)}-${address(count - 1)}`
        const drop = (side: string) => `ip ${side} ${others} ip ${side} != ${address(machine)} drop`
        await nft(
          machine,
          `table inet cut {
             chain in { type filter hook input priority 0; ${drop('saddr')}; }
             chain out { type filter hook output priority 0; ${drop('daddr')}; }
           }`,
        )
      },
      join: (machine) => nft(machine, 'delete table inet cut'),
    },
    remove,
  }
}

/** Runs a command; what it printed is in the error when it fails. */
async function run(command: string, args: readonly string[], input = ''): Promise<void> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${said.trim()}`)
}
