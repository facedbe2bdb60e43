import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type RunningServer, startHomeServer } from '../support/server.ts'
import { call, expectOk, type Reply, type Target } from '../support/vault.ts'

const rounds = 25
const racers = 8

describe('a wrapping token that two servers on one store are asked about at once', {
  timeout: 120_000,
}, () => {
  let home = ''
  let servers: RunningServer[] = []

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'coffer-unwrap-'))
    servers = [await startHomeServer(home)]
    servers.push(await startHomeServer(home))
  })
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await rm(home, { recursive: true, force: true })
  })

  const at = (index: number): RunningServer => servers[index % servers.length] as RunningServer

  /** A wrapped answer, made by one of the servers. */
  async function wrapped(round: number): Promise<string> {
    const { address, caFile, token } = at(round)
    const target: Target = { address, caFile, token, headers: { 'X-Vault-Wrap-TTL': '60' } }
    const body = await expectOk(target, 'POST', 'sys/wrapping/wrap', { round })
    return body.wrap_info.token
  }

  /** All ways to get at the answer, spread over both servers, at the same time. */
  async function race(
    ways: readonly ((server: RunningServer, token: string) => Promise<Reply>)[],
    round: number,
    token: string,
  ): Promise<Reply[]> {
    return Promise.all(
      Array.from({ length: racers }, (_, i) => {
        const way = ways[Math.floor(i / servers.length) % ways.length] as (typeof ways)[number]
        return way(at(i + round), token)
      }),
    )
  }

  const bare = (server: RunningServer, token: string): Target => ({
    address: server.address,
    caFile: server.caFile,
    token,
  })
  const unwrap = (server: RunningServer, token: string) =>
    call(bare(server, token), 'POST', 'sys/wrapping/unwrap')
  const unwrapBeside = (server: RunningServer, token: string) =>
    call(server, 'POST', 'sys/wrapping/unwrap', { token })
  const readOld = (server: RunningServer, token: string) =>
    call(bare(server, token), 'GET', 'cubbyhole/response')
  const rewrap = (server: RunningServer, token: string) =>
    call(bare(server, token), 'POST', 'sys/wrapping/rewrap')

  it('gives its answer to one of them alone, by whichever way it is asked for', async () => {
    for (let round = 0; round < rounds; round++) {
      const token = await wrapped(round)
      const replies = await race([unwrap, unwrapBeside, readOld], round, token)
      const won = replies.filter(({ status }) => status === 200)
      assert.equal(won.length, 1, `round ${round}: ${replies.map(({ status }) => status)}`)
      const { data } = won[0]?.body ?? {}
      assert.equal(JSON.parse(data.response ?? JSON.stringify({ data })).data.round, round)
      for (const { status, body } of replies.filter((reply) => !won.includes(reply))) {
        assert.ok([400, 403].includes(status), `round ${round}: ${status}`)
        assert.equal(body.data, undefined)
      }
      for (const server of servers) assert.notEqual((await unwrap(server, token)).status, 200)
    }
  })

  it('is exchanged once or spent once, and what it was exchanged for is good once', async () => {
    for (let round = 0; round < rounds; round++) {
      const token = await wrapped(round)
      const replies = await race([rewrap, unwrap], round, token)
      const won = replies.filter(({ status }) => status === 200)
      assert.equal(won.length, 1, `round ${round}: ${replies.map(({ status }) => status)}`)
      const next = won[0]?.body.wrap_info?.token
      if (next === undefined) continue
      const last = await race([unwrap], round, next)
      assert.equal(last.filter(({ status }) => status === 200).length, 1)
    }
  })
})
