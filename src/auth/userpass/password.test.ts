import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createSlots } from '../../backend/logins/slots.ts'
import { systemRandom } from '../../base/random.ts'
import { createPasswords } from './password.ts'

const cheap = { n: 2 ** 4, r: 1, p: 1 }

describe('passwords', () => {
  it('match themselves and nothing else, whatever they are', async () => {
    const passwords = createPasswords(cheap)
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (one, other) => {
        const kept = await passwords.hash({}, one, systemRandom)
        assert.ok(await passwords.matches({}, one, kept))
        if (one.normalize('NFC') !== other.normalize('NFC')) {
          assert.ok(!(await passwords.matches({}, other, kept)))
        }
      }),
    )
  })

  it('are kept with their parameters, and a salt of their own, and not themselves', async () => {
    const passwords = createPasswords(cheap)
    const [a, b] = [
      await passwords.hash({}, 'same', systemRandom),
      await passwords.hash({}, 'same', systemRandom),
    ]
    assert.notEqual(a.hash, b.hash)
    assert.deepEqual({ n: a.n, r: a.r, p: a.p }, cheap)
    assert.ok(!JSON.stringify(a).includes('same'))
    const dearer = createPasswords({ ...cheap, p: 2 })
    assert.ok(await dearer.matches({}, 'same', a), 'the parameters of the record count')
    assert.deepEqual([dearer.isOutdated(a), passwords.isOutdated(a)], [true, false])
  })

  it('cost the same for somebody who does not exist, who never gets in', async () => {
    let runs = 0
    const slots = createSlots(4)
    const counting = {
      run: <T>(work: () => Promise<T>) => {
        runs++
        return slots.run(work)
      },
    }
    const passwords = createPasswords(cheap, counting)
    assert.equal(await passwords.matches({}, 'x', undefined), false)
    assert.equal(runs, 1)
  })

  it('are hashed once for a request that is run again', async () => {
    let runs = 0
    const passwords = createPasswords(cheap, {
      run: (work) => {
        runs++
        return work()
      },
    })
    const request = {}
    const kept = await passwords.hash(request, 'x', systemRandom)
    assert.equal(await passwords.hash(request, 'x', systemRandom), kept)
    for (let i = 0; i < 3; i++) assert.ok(await passwords.matches(request, 'x', kept))
    assert.equal(runs, 2)
  })
})
