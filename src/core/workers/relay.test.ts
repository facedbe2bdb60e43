import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fail, isFailure } from '../../base/errors.ts'
import type { Message } from './messages.ts'
import { createPeers, type Handlers, type Peers } from './peers.ts'
import { createRelay } from './relay.ts'

/** A channel that keeps what is sent waiting for a while, and copies it only then, as the runtime does. */
function channel(hear: (message: unknown) => void): (message: Message) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  return (message) => {
    const written = last.then(async () => {
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      const copy = structuredClone(message)
      queueMicrotask(() => hear(copy))
    })
    last = written
    return written
  }
}

/** A primary, and workers that are as apart as processes. */
function node() {
  const relay = createRelay()
  const ended: string[] = []
  return {
    ended,
    relay,
    worker(id: number, handlers: Handlers = {}): Peers {
      let hear: (message: unknown) => void = () => {}
      relay.add({
        id,
        send: channel((message) => hear(message)),
        end: (reason) => {
          ended.push(`${id}: ${reason}`)
          relay.remove(id)
        },
      })
      const peers = createPeers(id, {
        send: channel((message) => relay.received(id, message)),
        onMessage: (listener) => {
          hear = listener
        },
      })
      peers.handle({ begin: () => {}, welcome: () => {}, ...handlers })
      return peers
    },
  }
}

describe('the workers of a node', () => {
  it('join one after another: the first begins, and welcomes each later one', async () => {
    const { worker } = node()
    const seen: string[] = []
    const handlers = (name: string) => ({
      begin: () => void seen.push(`${name} begins`),
      welcome: (other: number) => void seen.push(`${name} welcomes ${other}`),
    })
    const all = [worker(1, handlers('a')), worker(2, handlers('b')), worker(3, handlers('c'))]
    for (const peers of all) await peers.join()
    assert.deepEqual(seen, ['a begins', 'a welcomes 2', 'a welcomes 3'])
    await all[0]?.join()
    await all[2]?.join()
    assert.deepEqual(seen.slice(3), ['a welcomes 3'], 'the lead follows nobody')
  })

  it('ask the lead, whose errors keep their code and text', async () => {
    const { worker } = node()
    const lead = worker(1, {
      double: (value: number) => value * 2,
      refuse: () => fail('invalid_request', 'not so'),
      break: () => {
        throw new Error('with a secret in it')
      },
    })
    const other = worker(2)
    await lead.join()
    await other.join()
    assert.equal(await other.lead('double', [21]), 42)
    assert.equal(await lead.lead('double', [4]), 8)
    await assert.rejects(other.lead('refuse', []), { code: 'invalid_request', message: 'not so' })
    await assert.rejects(other.lead('break', []), { code: 'internal', message: '' })
  })

  it('have another lead when the first one ends, and hear that it did', async () => {
    const { worker, relay } = node()
    const first = worker(1, { name: () => new Promise(() => {}) })
    const second = worker(2, { name: () => 'second' })
    for (const peers of [first, second]) await peers.join()
    const asked = second.lead('name', [])
    // Until the lead has heard of it.
    await new Promise(setImmediate)
    relay.remove(1)
    await assert.rejects(asked, (error) => isFailure(error, 'overloaded'))
    assert.equal(await second.lead('name', []), 'second')
  })

  it('have those ended that cannot follow, and go on', async () => {
    const { worker, ended } = node()
    const followed: number[] = []
    const lead = worker(1)
    const others = [2, 3, 4].map((id) =>
      worker(id, {
        open: () => (id === 3 ? fail('corrupt', 'does not open') : void followed.push(id)),
        tell: () => id,
      }),
    )
    for (const peers of [lead, ...others]) await peers.join()
    await lead.follow('open', [])
    assert.deepEqual(followed, [2, 4])
    assert.deepEqual(ended, ['3: it could not open: does not open'])
    assert.deepEqual(await lead.others('tell', []), [2, 4])
  })

  it('leave no bytes of a key where they only passed through', async () => {
    const { worker } = node()
    const kept: Buffer[] = []
    const answered = Buffer.from('an answer')
    const lead = worker(1, {
      take: (bytes: Uint8Array) => {
        kept.push(Buffer.from(bytes))
        return answered
      },
    })
    const other = worker(2)
    for (const peers of [lead, other]) await peers.join()
    assert.equal(
      Buffer.from((await other.lead('take', [Buffer.from('a key')])) as Uint8Array).toString(),
      'an answer',
    )
    assert.equal(kept[0]?.toString(), 'a key')
    assert.deepEqual(answered, Buffer.alloc(9), 'the one that answered has sent it, and needs it no more')
  })

  it('keep the lead, however long it is made to work', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { worker, ended } = node()
    const lead = worker(1, { status: () => new Promise(() => {}) })
    const other = worker(2, { tell: () => new Promise(() => {}) })
    for (const peers of [lead, other]) await peers.join()
    const asked = Array.from({ length: 10 }, () => other.lead('status', []))
    const told = lead.others('tell', [])
    await new Promise(setImmediate)
    t.mock.timers.tick(120_000)
    for (const one of asked) await assert.rejects(one, { code: 'overloaded', message: /in time/ })
    assert.deepEqual(await told, [])
    assert.deepEqual(ended, [])
  })

  it('end one that does not follow in time', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { worker, ended } = node()
    const lead = worker(1)
    const other = worker(2, { sealToo: () => new Promise(() => {}) })
    for (const peers of [lead, other]) await peers.join()
    const followed = lead.follow('sealToo', [])
    await new Promise(setImmediate)
    t.mock.timers.tick(10_000)
    await followed
    assert.deepEqual(ended, ['2: it could not sealToo: a worker did not answer in time: try again'])
  })

  it('answer for themselves alone', async () => {
    const { worker, relay } = node()
    const answer = Promise.withResolvers<string>()
    const lead = worker(1, { name: () => answer.promise })
    const other = worker(2)
    for (const peers of [lead, other]) await peers.join()
    const asked = other.lead('name', [])
    await new Promise(setImmediate)
    for (let id = 0; id < 10; id++) {
      relay.received(2, { coffer: 'done', id, outcome: { ok: true, value: 'forged' } })
    }
    answer.resolve('first')
    assert.equal(await asked, 'first')
  })
})
