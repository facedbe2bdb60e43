import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { expectOk, type Target } from '../support/vault.ts'
import { everywhere, listensAgain, startWorkers, statuses, workers } from '../support/workers.ts'

/**
 * Opens connections at all times, so that some are always on their way from the primary to each worker; each after
 * a worker has seen one end, so that they do not pile up before a server that is slow.
 */
function connecting({ address }: Target) {
  const { hostname, port } = new URL(address)
  let going = true
  const loop = async () => {
    while (going) {
      const socket = connect({ host: hostname, port: Number(port) })
      await once(socket.resume().end(), 'close')
    }
  }
  const ended = Promise.allSettled(Array.from({ length: 32 }, loop))
  return async () => {
    going = false
    await ended
  }
}

describe('keys between workers', { timeout: 120_000 }, () => {
  it('arrive whole while connections come in', async (t) => {
    const server = await startWorkers({ workers })
    t.after(() => server.stop())
    const rest = connecting(server)
    t.after(rest)
    const made = await expectOk(server, 'PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })
    let [key]: string[] = made.keys_base64
    const root = { ...server, token: made.root_token }
    for (let round = 0; round < 4; round++) {
      assert.ok(Buffer.from(key ?? '', 'base64').some((byte) => byte !== 0))
      await expectOk(server, 'PUT', 'sys/unseal', { key })
      assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [200])
      const { nonce } = await expectOk(server, 'PUT', 'sys/rekey/init', {
        secret_shares: 1,
        secret_threshold: 1,
      })
      ;[key] = (await expectOk(server, 'PUT', 'sys/rekey/update', { key, nonce })).keys_base64
      await expectOk(root, 'PUT', 'sys/seal')
    }
    await rest()
    assert.doesNotMatch(server.output(), /a worker has ended/)
    for (const number of server.processes().values()) process.kill(number, 'SIGKILL')
    for (let worker = 1; worker <= workers; worker++) await listensAgain(server, worker, 2)
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [503])
    await expectOk(server, 'PUT', 'sys/unseal', { key })
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [200])
  })
})
