import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { bench, Killed, mortal, parts, placeOf, startOn } from '../../../test/support/move.ts'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { isFailure } from '../../base/errors.ts'
import { abort, move } from './migrate.ts'

/**
 * Kills a run at each of its operations on either store in turn, before the operation takes effect or right after,
 * and lets `next` go on from there, until a run ends by itself.
 */
async function killEverywhere(
  t: TestContext,
  isAfter: boolean,
  next: (made: Awaited<ReturnType<typeof bench>>, at: number) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    const made = await bench(t)
    const life = { left: at, isAfter }
    const [from, to] = [made.from, made.to].map(({ store }) => placeOf(mortal(life, store)))
    assert.ok(from !== undefined && to !== undefined)
    try {
      await move({ ...parts, from, to })
      return at
    } catch (error) {
      assert.ok(error instanceof Killed, String(error))
      await next(made, at)
    }
  }
}

describe('a move whose process is killed', () => {
  for (const isAfter of [false, true]) {
    const moment = isAfter ? 'after' : 'before'

    it(`goes on when it is run again, killed ${moment} any operation`, async (t) => {
      const points = await killEverywhere(t, isAfter, async ({ server, from, to, target }, at) => {
        // Served from one store at most; what is acknowledged meanwhile is moved, too.
        const code = codeOf(await server.ask('write', 'kv/a', { fields: { k: 'between' } }))
        await move({ ...parts, from, to })
        const other = await startOn(t, target, server)
        const expected = code === undefined ? 'between' : 'before'
        assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: expected }, `killed at ${at}`)
        assert.equal(codeOf(await server.ask('read', 'kv/a')), 'storage_moved')
        await other.stop()
        await server.stop()
      })
      assert.ok(points > 15, `only ${points} operations`)
    })

    it(`can be given up until the new store is opened, killed ${moment} any operation`, async (t) => {
      let refused = 0
      const points = await killEverywhere(t, isAfter, async ({ server, from, to, target }, at) => {
        const opened = await abort({ ...parts, from, to }).then(
          () => false,
          (error) => {
            assert.ok(isFailure(error, 'storage_moved'), String(error))
            return true
          },
        )
        if (opened) refused++
        const code = codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } }))
        assert.equal(code, opened ? 'storage_moved' : undefined, `killed at ${at}`)
        if (!opened) assert.deepEqual((await target.scan('')).rows, [], `killed at ${at}`)
        await server.stop()
      })
      assert.ok(refused < points / 3)
    })
  }

  it('can be given up by a command that is killed itself', async (t) => {
    for (let at = 1; ; at++) {
      const made = await bench(t)
      // Killed right before the opening: the old store is fenced.
      const whole = await operations(t)
      const first = { left: whole - 3, isAfter: true }
      await assert.rejects(() => move({ ...parts, ...mortals(made, first) }), Killed)
      assert.equal(codeOf(await made.server.ask('read', 'kv/a')), 'storage_moved')
      const second = { left: at, isAfter: true }
      const isDone = await abort({ ...parts, ...mortals(made, second) }).catch((error) => {
        assert.ok(error instanceof Killed, String(error))
        return undefined
      })
      await abort({ ...parts, from: made.from, to: made.to })
      assert.equal(codeOf(await made.server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
      assert.deepEqual((await made.target.scan('')).rows, [])
      await made.server.stop()
      if (isDone !== undefined) return
    }
  })
})

const mortals = (
  { from, to }: Awaited<ReturnType<typeof bench>>,
  life: { left: number; isAfter: boolean },
) => ({
  from: placeOf(mortal(life, from.store)),
  to: placeOf(mortal(life, to.store)),
})

/** How many operations a whole run makes. */
async function operations(t: TestContext): Promise<number> {
  const made = await bench(t)
  const life = { left: 1_000_000, isAfter: false }
  await move({ ...parts, ...mortals(made, life) })
  await made.server.stop()
  return 1_000_000 - life.left
}
