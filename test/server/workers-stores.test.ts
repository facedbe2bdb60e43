import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { requires } from '../support/requires.ts'
import { program } from '../support/server.ts'
import { type SharedStore, sharedStores } from '../support/stores.ts'
import { call, expectOk, type Target } from '../support/vault.ts'
import {
  everywhere,
  listensAgain,
  type Opened,
  open,
  startWorkers,
  statuses,
  workers,
} from '../support/workers.ts'

/** Writes on a connection each, to a path each, until told to stop. */
function writing(target: Target) {
  const acknowledged: string[] = []
  const unanswered: unknown[] = []
  let going = true
  const one = async (writer: number) => {
    for (let i = 0; going; i++) {
      const path = `secret/w${writer}/${i}`
      await call(target, 'PUT', path, { value: path }).then(
        ({ status, body }) => {
          assert.equal(status, 204, JSON.stringify(body))
          acknowledged.push(path)
        },
        ({ code }: NodeJS.ErrnoException) => unanswered.push(code),
      )
    }
  }
  const done = Promise.all(Array.from({ length: workers }, (_, writer) => one(writer)))
  return {
    async stop() {
      going = false
      await done
      return { acknowledged, unanswered }
    },
  }
}

/** What the command lists, as soon as all workers have been seen. */
async function members({ address, token }: Target): Promise<{ active_node: boolean; api_address: string }[]> {
  for (;;) {
    const { stdout } = await promisify(execFile)(program, ['operator', 'members', '-format=json'], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', VAULT_ADDR: address, VAULT_TOKEN: token },
    })
    const { nodes } = JSON.parse(stdout)
    if (nodes.length >= workers) return nodes
  }
}

/** What each kind of store remembers in its state folder, beside the seats. */
const remembered = {
  etcd: ['etcd-seen'],
  postgres: Array.from({ length: workers }, (_, seat) => `postgres.seen${seat}`),
}

for (const { type, missing, start } of sharedStores) {
  describe(`workers on ${type}`, { timeout: 120_000, ...requires(missing) }, () => {
    let store: SharedStore
    let server: Opened
    before(async () => {
      store = await start()
      server = await open(await startWorkers({ workers, storage: await store.newStorage() }), 3, 2)
    })
    after(async () => {
      await server?.stop()
      await store?.stop()
    })

    it('lose no acknowledged write when one is killed, and it returns unsealed', async () => {
      assert.deepEqual(statuses(await everywhere(server, 'GET', 'sys/mounts')), [200])
      await expectOk(server, 'POST', 'sys/mounts/secret', { type: 'kv', options: { version: '1' } })
      const writes = writing(server)
      process.kill(server.processes().get(2) ?? 0, 'SIGKILL')
      await server.heard(/a worker has ended; it is started anew worker=2 code=null signal=SIGKILL/)
      await listensAgain(server, 2, 2)
      const { acknowledged, unanswered } = await writes.stop()
      assert.ok(acknowledged.length > workers)
      for (const code of unanswered) assert.match(String(code), /^(ECONNRESET|EPIPE)$/)
      for (const path of acknowledged) {
        assert.equal((await expectOk(server, 'GET', path)).data.value, path)
      }
      for (const { body } of await everywhere(server, 'GET', 'sys/seal-status')) {
        assert.equal(body.sealed, false)
      }
      assert.deepEqual(statuses(await everywhere(server, 'GET', acknowledged.at(-1) ?? '')), [200])
    })

    it('are all listed as members, the one that came back in its old place', async () => {
      const nodes = await members(server)
      assert.equal(nodes.length, workers)
      assert.ok(nodes.every(({ active_node }) => active_node))
    })

    it('have a seat each in the state folder, and no more after one has come back', async () => {
      const seats = Array.from({ length: workers }, (_, seat) => `node.process${seat}`)
      const names = await readdir(join(server.folder, 'state'))
      // A file that is being replaced has another name for a moment.
      const lasting = names.filter((name) => !/-journal$|\.[0-9a-f-]{36}$/.test(name))
      assert.deepEqual(lasting.sort(), [...remembered[type], 'node', 'node.node', ...seats].sort())
    })
  })
}
