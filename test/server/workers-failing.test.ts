import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type Seat, takeSeat } from '../../src/storage/sqlite/seat.ts'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import { freePort } from '../support/ports.ts'
import { launch } from '../support/server.ts'
import { everywhere, listensAgain, started, statuses } from '../support/workers.ts'

/** How many processes may have one store open. */
const seats = 64
const noSeat = /64 processes have the store open, and no more may/

const refusals = (output: string): number => output.match(new RegExp(noSeat, 'g'))?.length ?? 0

/** Takes seats at a store until none is left, or so many; they are given back when the test ends. */
function takeSeats(t: TestContext, store: string, count = seats): Seat[] {
  const taken: Seat[] = []
  t.after(() => {
    for (const seat of taken.splice(0)) seat.release()
  })
  while (taken.length < count) {
    try {
      taken.push(takeSeat(store))
    } catch (error) {
      assert.match(String(error), noSeat)
      break
    }
  }
  return taken
}

describe('a worker that fails at each start', { timeout: 120_000 }, () => {
  it('ends the server after five, with its error, while the server starts', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'coffer-workers-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const [store, file] = [join(folder, 'data', 'coffer.db'), join(folder, 'coffer.hcl')]
    await mkdir(join(folder, 'data'))
    await (await openSqlite({ path: store })).close()
    // The first worker gets the last seat.
    takeSeats(t, store, seats - 1)
    await writeFile(
      file,
      `workers = 2
pid_file = "${folder}/coffer.pid"
storage "sqlite" { path = "${store}" }
listener "tcp" {
  address = "127.0.0.1:${await freePort()}"
  tls_disable = true
}
`,
    )
    const server = launch([`-config=${file}`], folder)
    t.after(() => server.stop())
    assert.equal(await server.ended, 1)
    assert.equal(refusals(server.output()), 5, server.output())
    assert.match(server.output(), /listening worker=1 /)
    assert.doesNotMatch(server.output(), /Coffer serves|\n {4}at /)
    await assert.rejects(rm(join(folder, 'coffer.pid')), { code: 'ENOENT' })
  })

  it('later is started anew until it comes back, while the others serve', async (t) => {
    const server = await started(t)
    const store = join(server.folder, 'data', 'coffer.db')
    takeSeats(t, store)
    let freed: Seat[] = []
    // Its seat is to be taken before the next start takes it; if that was faster, it is killed again.
    for (let times = 1; freed.length === 0; times++) {
      await listensAgain(server, 2, times)
      process.kill(server.processes().get(2) ?? 0, 'SIGKILL')
      await server.heard(new RegExp(`(?:has ended; it is started anew worker=2 [\\s\\S]*){${times}}`))
      freed = takeSeats(t, store)
    }
    const listened = server.output().match(/listening worker=2 /g)?.length ?? 0
    for (let failures = 1; failures <= 6; failures++) {
      await server.heard(
        new RegExp(`(?:anew worker=2 code=1 signal=null wasReady=false[\\s\\S]*){${failures}}`),
      )
      assert.deepEqual(statuses(await everywhere(server, 'GET', 'sys/mounts')), [200])
    }
    assert.ok(refusals(server.output()) >= 6)
    freed.pop()?.release()
    await listensAgain(server, 2, listened + 1)
    assert.deepEqual(statuses(await everywhere(server, 'GET', 'sys/mounts')), [200])
  })
})
