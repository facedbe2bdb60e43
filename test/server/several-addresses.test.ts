import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type ClientError, type ClientOptions, createClient } from '../../src/client/index.ts'
import { runShell } from '../readme/start.ts'
import { program, type RunningServer, startHomeServer } from '../support/server.ts'
import { expectOk } from '../support/vault.ts'

/**
 * Two servers on one store with a secret in it, and what a client of both needs. The one that is asked first is
 * not the one whose process writes to the store, so that the other can do everything without it.
 */
async function two(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'coffer-addresses-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const start = async (): Promise<RunningServer> => {
    const server = await startHomeServer(home)
    t.after(async () => {
      server.signal('SIGKILL')
      await server.stop()
    })
    return server
  }
  const [first, second] = [await start(), await start()]
  await expectOk(first, 'POST', 'sys/mounts/box', { type: 'kv' })
  await expectOk(first, 'POST', 'box/app', { password: 'hunter2' })
  const { caFile = '', token } = first
  const address = [second.address, first.address]
  const options = { address, token, caCert: await readFile(caFile, 'utf8') }
  const client = (more: ClientOptions = {}) => {
    const made = createClient({ ...options, ...more })
    t.after(() => made.close())
    return made
  }
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    VAULT_ADDR: address.join(','),
    VAULT_CACERT: caFile,
    VAULT_TOKEN: token,
  }
  const shell = (command: string) => runShell(command.replaceAll('coffer ', `${program} `), environment)
  return { first: second, second: first, client, shell }
}

const data = { password: 'hunter2' }

describe('a client of two servers', { timeout: 60_000 }, () => {
  it('goes on when the one that it talks to is killed', async (t) => {
    const { first, client, shell } = await two(t)
    const reader = client()
    assert.deepEqual((await reader.read('box/app'))?.data, data)
    first.signal('SIGKILL')
    assert.deepEqual((await reader.read('box/app'))?.data, data)
    await reader.write('box/other', data)
    const { output } = await shell(
      'coffer kv get -field=password box/app; coffer kv put box/app password=new',
    )
    assert.match(output, /^hunter2Success/)
  })

  it('loses no read and no repeatable write while the one that it talks to is killed', async (t) => {
    const { first, client } = await two(t)
    const busy = client()
    let killed = false
    const results: unknown[] = []
    const work = async (at: number) => {
      for (let round = 0; round < 30; round++) {
        if (at === 0 && round === 5) {
          first.signal('SIGKILL')
          killed = true
        }
        results.push(await busy.replace(`box/${at}`, { round: String(round) }))
        results.push(await busy.read('box/app'))
      }
    }
    await Promise.all([0, 1, 2, 3].map(work))
    assert.ok(killed)
    assert.equal(results.length, 240)
  })

  it('leaves one that hangs, also in the middle of a request', async (t) => {
    const { first, client, shell } = await two(t)
    // On a busy machine the one that is well has many times so long.
    const reader = client({ connectTimeout: 600, attemptTimeout: 600, retries: 20 })
    await reader.read('box/app')
    first.signal('SIGSTOP')
    // On the connection that is there: it may have arrived, and reading twice does no harm.
    assert.deepEqual((await reader.read('box/app'))?.data, data)
    // On a new one nothing was sent, so a write goes to the other server.
    await client({ connectTimeout: 1500 }).write('box/other', data)
    const { output } = await shell('coffer kv get -field=password box/app')
    assert.equal(output, 'hunter2')
  })

  it('does not repeat a write that may have arrived', async (t) => {
    const { first, client } = await two(t)
    const writer = client({ timeout: 3000 })
    await writer.read('box/app')
    first.signal('SIGSTOP')
    await assert.rejects(writer.write('box/app', { password: 'late' }), (error: ClientError) => {
      assert.deepEqual([error.reason, error.sent], ['timeout', true])
      return true
    })
    assert.deepEqual((await client({ connectTimeout: 600, retries: 20 }).read('box/app'))?.data, data)
  })

  it('passes over one that is sealed, and is told of both when the other is gone', async (t) => {
    const { first, second, client, shell } = await two(t)
    await expectOk(first, 'PUT', 'sys/seal')
    const reader = client()
    assert.deepEqual((await reader.read('box/app'))?.data, data)
    await client().write('box/other', data)
    assert.equal((await client().call('GET', 'sys/seal-status')).data?.sealed, true)
    await second.stop()
    const { code, output } = await shell('coffer kv get box/app')
    assert.equal(code, 2)
    assert.match(output, /none of 2 addresses could be used\n/)
    assert.ok(output.includes(`* ${first.address}: answered 503: Vault is sealed`), output)
    assert.match(output, new RegExp(`\\* ${second.address}: .* cannot be reached \\(ECONNREFUSED\\)`))
  })
})
