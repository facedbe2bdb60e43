import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { base64, startTransit } from '../../../../test/support/transit-mount.ts'
import { CofferError, isFailure } from '../../../base/errors.ts'
import { systemRandom } from '../../../base/random.ts'
import { createKey } from '../keys/create.ts'
import type { Key } from '../keys/record.ts'
import type { Job } from '../operations/job.ts'
import { runJob } from '../operations/run.ts'
import { placeFor } from './cost.ts'
import { createPool } from './pool.ts'

const encryption = (key: Key, count: number): Job => ({
  operation: 'encrypt',
  key,
  items: Array.from({ length: count }, (_, i) => ({ plaintext: base64(`text ${i}`) })),
})

function start(t: TestContext, threads: number, maxWaiting: number) {
  const pool = createPool(threads, maxWaiting)
  t.after(() => pool.close())
  return pool
}

describe('a batch in a thread', () => {
  it('is one that is large, whichever of its fields is', async () => {
    const text = 'A'.repeat(4_000_000)
    const key = await createKey({ type: 'aes256-gcm96', derived: true }, systemRandom, 0)
    assert.equal(placeFor({ operation: 'encrypt', key, items: [{ plaintext: '', context: 'AAAA' }] }), 'here')
    for (const name of [
      'plaintext',
      'ciphertext',
      'context',
      'associated_data',
      'input',
      'signature',
      'hmac',
    ]) {
      assert.equal(placeFor({ operation: 'encrypt', key, items: [{ [name]: text }] }), 'thread', name)
    }
  })

  it('comes out as it would here, in order, and what is wrong with an item too', async (t) => {
    const pool = start(t, 2, 10)
    const key = await createKey({ type: 'aes256-gcm96' }, systemRandom, 0)
    const sealed = await pool.run(encryption(key, 100))
    const items = sealed.map((outcome) => ({
      ciphertext: outcome.error === undefined ? String(outcome.data.ciphertext) : '',
    }))
    const opened = runJob({ operation: 'decrypt', key, items: [...items, { ciphertext: 'x' }] }, systemRandom)
    const texts = opened.map((outcome) =>
      outcome.error === undefined
        ? Buffer.from(String(outcome.data.plaintext), 'base64').toString()
        : outcome.error,
    )
    const expected = Array.from({ length: 100 }, (_, i) => `text ${i}`)
    assert.deepEqual(texts, [...expected, 'invalid ciphertext: no prefix'])
    const there = await pool.run({ operation: 'decrypt', key, items: [{ ciphertext: 'x' }] })
    assert.deepEqual(there, [{ error: 'invalid ciphertext: no prefix' }])
  })

  it('waits its turn for few threads, and no more wait than may', async (t) => {
    const pool = start(t, 1, 3)
    const key = await createKey({ type: 'aes256-gcm96' }, systemRandom, 0)
    const done = [1, 2, 3, 4].map(() => pool.run(encryption(key, 10)))
    assert.deepEqual(pool.load, { threads: 1, jobs: 4 })
    await assert.rejects(
      async () => pool.run(encryption(key, 10)),
      (error) => isFailure(error, 'overloaded'),
    )
    for (const outcomes of await Promise.all(done)) assert.equal(outcomes.length, 10)
    assert.deepEqual(pool.load, { threads: 1, jobs: 0 })
  })

  it('that fails harms no other, and a thread that ends is replaced', async (t) => {
    const pool = start(t, 1, 10)
    const key = await createKey({ type: 'aes256-gcm96' }, systemRandom, 0)
    const broken = { ...key, versions: [{ version: 1, created: 0, secret: 'AAAA' }] }
    const secretless = pool.run(encryption(broken, 1))
    await assert.rejects(
      secretless,
      (error) => !(error instanceof CofferError) && !String(error).includes('AAAA'),
    )
    assert.equal((await pool.run(encryption(key, 1))).length, 1)
    const cut = pool.run(encryption(key, 20_000))
    await Promise.all([pool.close(), assert.rejects(cut, /a thread of transit ended/)])
    assert.equal((await pool.run(encryption(key, 1))).length, 1)
  })
})

describe('work that goes to a thread', () => {
  it('is what would hold up the main one: long batches, long texts, large keys', async () => {
    const key = await createKey({ type: 'aes256-gcm96' }, systemRandom, 0)
    const rsa: Key = { ...key, type: 'rsa-4096' }
    const place = (of: Key, operation: 'encrypt' | 'decrypt', count: number, text = 'AAAA') =>
      placeFor({ operation, key: of, items: Array.from({ length: count }, () => ({ plaintext: text })) })
    assert.equal(place(key, 'encrypt', 1), 'here')
    assert.equal(place(key, 'encrypt', 50), 'here')
    assert.equal(place(key, 'encrypt', 500), 'thread')
    assert.equal(place(key, 'encrypt', 1, 'A'.repeat(1_000_000)), 'thread')
    assert.equal(place(rsa, 'decrypt', 1), 'thread')
    assert.equal(place(rsa, 'encrypt', 1), 'here')
  })

  it('is refused when it would keep a thread for long', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k', { type: 'rsa-2048' })
    const items = Array.from({ length: 20_000 }, () => ({ input: '' }))
    assert.match(await refusal('sign/k', { batch_input: items }), /too much work for a key of type rsa-2048/)
  })

  it('leaves the main one free to answer others meanwhile', async (t) => {
    const { server, write } = await startTransit(t)
    await write('keys/k', { type: 'rsa-4096' })
    const items = Array.from({ length: 60 }, () => ({ input: base64('x') }))
    let done = false
    const batch = write('sign/k', { batch_input: items }).then(({ batch_results: results }) => {
      done = true
      assert.equal((results as unknown[]).length, 60)
    })
    let answered = 0
    while (!done) {
      await server.ask('read', 'sys/mounts')
      answered++
      // What the thread sends is read in between.
      await turn()
    }
    await batch
    assert.ok(answered > 10, `${answered} requests were answered meanwhile`)
  })
})
