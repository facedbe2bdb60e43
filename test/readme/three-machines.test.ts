import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { requires } from '../support/requires.ts'
import { root } from '../support/server.ts'
import { blocksOf, matches } from './blocks.ts'
import { type Machines, makeMachines, missingMachines } from './machines/machines.ts'

const blocks = blocksOf(readFileSync(join(root, 'docs', 'three-machines.md'), 'utf8'))
const servers = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
/** The machine of whoever sets them up. */
const own = '10.0.0.4'

describe(
  'docs/three-machines.md, as it stands, on machines of three addresses',
  requires(missingMachines),
  () => {
    let machines: Machines
    before(async () => {
      machines = await makeMachines([...servers, own])
    })
    after(() => machines?.stop())

    async function succeed(machine: string, commands: string): Promise<string> {
      const { code, output } = await machines.run(machine, commands)
      if (code === 0) return output
      const logs = await Promise.all(servers.map(async (one) => `${one}:\n${await machines.logs(one)}`))
      assert.fail(`${machine} ended with ${code}:\n${output}\n${logs.join('\n')}`)
    }

    // A terminal keeps its variables and its folder from one block to the next.
    const keep = '{ pwd | sed "s/^/cd /"; export -p; } > /root/carried'
    let begun = false
    let sound = true
    let address = ''
    for (const [i, { words, text: commands, line }] of blocks.entries()) {
      const [language, where] = words
      if (language !== 'sh') continue
      it(`line ${line}: ${commands.split('\n')[0]}`, { timeout: 60_000 }, async () => {
        assert.ok(sound, 'a block before this one failed')
        sound = false
        if (where === 'each') {
          if (commands.startsWith('here=')) address = commands
          const all = commands === address ? commands : `${address}${commands}`
          await Promise.all(servers.map((one) => succeed(one, all.replace('here=10.0.0.1', `here=${one}`))))
          sound = true
          return
        }
        assert.equal(where, 'own')
        const before = begun ? '. /root/carried' : 'cd /opt/coffer'
        const output = await succeed(own, `${before}\n${commands}\n${keep}`)
        begun = true
        const next = blocks[i + 1]
        if (next?.words[1] === 'output') assert.ok(matches(output, next.text), output)
        sound = true
      })
    }

    it('gives etcd no variable that it does not know', async () => {
      for (const one of servers) {
        const log = await succeed(one, 'cat /var/lib/rig/etcd.log')
        assert.match(log, /ETCD_PEER_CLIENT_CERT_AUTH/)
        assert.doesNotMatch(log, /unrecognized environment variable/)
      }
    })
  },
)
