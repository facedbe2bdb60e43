import assert from 'node:assert/strict'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fail, isFailure } from '../../base/errors.ts'
import { key, read, watchedStore, write } from '../barrier-for-tests.ts'
import { staticBench, wrongShare } from './keeper-for-tests.ts'
import { decodeToken } from './token-coding.ts'

const refuses = (text: string | RegExp) => (error: unknown) => {
  assert.ok(isFailure(error, 'invalid_request'), String(error))
  if (typeof text === 'string') assert.equal(error.message, text)
  else assert.match(error.message, text)
  return true
}

describe('a seal that opens by itself', () => {
  it('is open after the initialisation and after every start', async (t) => {
    const bench = await staticBench(t)
    const keeper = await bench.node()
    const { shares, recoveryShares, rootToken } = await keeper.initialize({})
    assert.deepEqual([shares, recoveryShares, rootToken.slice(0, 9)], [[], [], 'hvs.first'])
    await write(bench.store, keeper.barrier(), key('a'), 'x')
    const again = await bench.node()
    assert.equal(again.state().kind, 'unsealed')
    assert.equal(await read(bench.store, again.barrier(), key('a')), 'x')
    const { type, sealed, recovery_seal, t: threshold, n, cluster_id = '' } = await again.status()
    assert.deepEqual([type, sealed, recovery_seal, threshold, n], ['static', false, true, 0, 0])
    assert.deepEqual(await readdir(bench.folder), [`${cluster_id}.key`])
  })

  it('does not start without its key, and makes no other', async (t) => {
    const bench = await staticBench(t)
    await (await bench.node()).initialize({})
    const [name = ''] = await readdir(bench.folder)
    const aside = join(bench.folder, 'aside')
    await rename(join(bench.folder, name), aside)
    await assert.rejects(
      () => bench.node(),
      (error) => isFailure(error, 'invalid_config') && /is missing/.test(error.message),
    )
    assert.deepEqual(await readdir(bench.folder), ['aside'])
    await rename(aside, join(bench.folder, name))
    assert.equal((await bench.node()).state().kind, 'unsealed')
  })

  it('makes one key file for one cluster, also when nodes race', async (t) => {
    const bench = await staticBench(t)
    const nodes = await Promise.all([bench.node(), bench.node(), bench.node()])
    const results = await Promise.allSettled(nodes.map((node) => node.initialize({})))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await readdir(bench.folder)).length, 1)
    for (const node of nodes) {
      await node.tend()
      assert.equal(node.state().kind, 'unsealed')
    }
  })

  it('leaves no key file when the cluster was not made, and keeps it when nobody knows', async (t) => {
    const bench = await staticBench(t)
    const failing = await bench.node({ bootstrap: async () => fail('internal') })
    await assert.rejects(() => failing.initialize({}))
    assert.deepEqual(await readdir(bench.folder), [])
    const store = watchedStore(bench.store, () => fail('storage_failed'))
    const uncertain = await bench.node({ store })
    await assert.rejects(
      () => uncertain.initialize({}),
      (error) => isFailure(error, 'storage_failed'),
    )
    assert.equal((await readdir(bench.folder)).length, 1)
  })

  it('answers the root token even when the node then cannot open, and opens later', async (t) => {
    const bench = await staticBench(t)
    let broken = true
    const keeper = await bench.node({
      opened: async () => {
        if (broken) fail('internal', 'no')
      },
    })
    assert.match((await keeper.initialize({})).rootToken, /^hvs\./)
    assert.equal(keeper.state().kind, 'sealed')
    await assert.rejects(
      () => keeper.tend(),
      (error) => isFailure(error, 'internal'),
    )
    broken = false
    await keeper.tend()
    assert.equal(keeper.state().kind, 'unsealed')
  })

  it('stays sealed when it was sealed by hand, until the next start', async (t) => {
    const bench = await staticBench(t)
    const keeper = await bench.node()
    await keeper.initialize({})
    await keeper.seal()
    await keeper.tend()
    assert.equal(keeper.state().kind, 'sealed')
    await assert.rejects(
      () => keeper.unseal('11'.repeat(33)),
      refuses('a seal of type static opens by itself: restart the server'),
    )
    assert.equal((await bench.node()).state().kind, 'unsealed')
  })

  it('has no shares that could be replaced or authorise', async (t) => {
    const keeper = await (await staticBench(t)).node()
    await assert.rejects(
      () => keeper.initialize({ shares: 5, threshold: 3 }),
      refuses('parameters secret_shares,secret_threshold not applicable to seal type static'),
    )
    await keeper.initialize({})
    await assert.rejects(
      () => keeper.rekey.start({ shares: 3, threshold: 2, requireVerification: false }),
      refuses('a seal of type static has no shares that could be replaced'),
    )
    assert.equal((await keeper.rekey.status()).started, false)
    await assert.rejects(() => keeper.generateRoot.start(''), refuses(/there is none/))
  })
})

describe('recovery shares', () => {
  it('authorise a root token and an unsealing, and are made only when asked for', async (t) => {
    const bench = await staticBench(t)
    const keeper = await bench.node()
    await assert.rejects(
      () => keeper.initialize({ recoveryShares: 3 }),
      refuses('invalid seal configuration: threshold must be at least one'),
    )
    const { recoveryShares } = await keeper.initialize({ recoveryShares: 3, recoveryThreshold: 2 })
    const shares = recoveryShares.map((share) => share.toString('hex'))
    const [a = '', b = '', c = ''] = shares
    const { nonce, otp, required } = await keeper.generateRoot.start('')
    assert.equal(required, 2)
    await keeper.generateRoot.update(a, nonce)
    await assert.rejects(
      () => keeper.generateRoot.update(wrongShare(shares), nonce),
      refuses(/root generation aborted/),
    )
    await keeper.generateRoot.update(b, nonce)
    const { encoded_token } = await keeper.generateRoot.update(c, nonce)
    assert.match(decodeToken(encoded_token, otp), /^hvs\.another/)

    await keeper.seal()
    const { t: threshold, n } = await keeper.status()
    assert.deepEqual([threshold, n], [2, 3])
    await keeper.unseal(a)
    await assert.rejects(() => keeper.unseal(wrongShare(shares)), refuses(/message authentication failed/))
    await keeper.unseal(a)
    assert.equal((await keeper.unseal(c)).sealed, false)
  })

  it('open nothing without the seal key', async (t) => {
    const bench = await staticBench(t)
    const keeper = await bench.node()
    const { recoveryShares } = await keeper.initialize({ recoveryShares: 1, recoveryThreshold: 1 })
    await keeper.seal()
    for (const name of await readdir(bench.folder)) await rm(join(bench.folder, name))
    await assert.rejects(
      () => keeper.unseal((recoveryShares[0] as Buffer).toString('hex')),
      (error) => isFailure(error, 'invalid_config'),
    )
  })
})
