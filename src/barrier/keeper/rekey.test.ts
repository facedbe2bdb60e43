import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import { key, read, write } from '../barrier-for-tests.ts'
import { handoverLife } from '../keyring/handover.ts'
import { handoverKey } from '../rows.ts'
import type { SealKeeper } from './keeper.ts'
import { type KeeperBench, shamirBench, unseal, unsealedNode, wrongShare } from './keeper-for-tests.ts'
import type { RekeyRequest, RekeyResult } from './rekey.ts'

const refuses = (text: string | RegExp) => (error: unknown) => {
  assert.ok(isFailure(error, 'invalid_request'), String(error))
  if (typeof text === 'string') assert.equal(error.message, text)
  else assert.match(error.message, text)
  return true
}
const isSealed = (error: unknown) => isFailure(error, 'sealed')

async function giveAll(keeper: SealKeeper, shares: readonly string[], nonce: string): Promise<RekeyResult> {
  for (const share of shares) {
    const answer = await keeper.rekey.update(share, nonce)
    if ('shares' in answer) return answer
  }
  assert.fail('the shares were not enough')
}

/** A whole rekey without verification; the new shares in hex. */
async function rekey(keeper: SealKeeper, old: readonly string[], request: Partial<RekeyRequest> = {}) {
  const { nonce } = await keeper.rekey.start({
    shares: 3,
    threshold: 2,
    requireVerification: false,
    ...request,
  })
  const { shares, verificationNonce = '' } = await giveAll(keeper, old, nonce)
  return { shares: shares.map((share) => share.toString('hex')), verificationNonce }
}

const opens = async (bench: KeeperBench, shares: readonly string[]): Promise<boolean> => {
  const node = await bench.node()
  await unseal(node, shares).catch(() => undefined)
  return node.state().kind === 'unsealed'
}

describe('rekey', () => {
  it('gives new shares for a threshold of old ones, and the old ones open nothing any more', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    await write(bench.store, keeper.barrier(), key('a'), 'kept')
    const { shares } = await rekey(keeper, old.slice(1, 4))
    assert.deepEqual(
      shares.map((share) => share.length),
      [66, 66, 66],
    )
    assert.equal(await opens(bench, old.slice(0, 3)), false)
    assert.equal(await opens(bench, shares.slice(1)), true)
    const { t: threshold, n } = await keeper.status()
    assert.deepEqual([threshold, n], [2, 3])
    assert.equal(await read(bench.store, keeper.barrier(), key('a')), 'kept')
    assert.equal((await write(bench.store, keeper.barrier(), key('b'), 'x')).ok, true)
  })

  it('can be done again and again, down to one share', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: first } = await unsealedNode(bench)
    const { shares: second } = await rekey(keeper, first, { shares: 1, threshold: 1 })
    assert.equal(second[0]?.length, 64)
    const { shares: third } = await rekey(keeper, second)
    assert.equal(await opens(bench, second), false)
    assert.equal(await opens(bench, third), true)
    assert.equal(await opens(bench, first), false)
  })

  it('tells its progress under one nonce', async (t) => {
    const { keeper, shares } = await unsealedNode(await shamirBench(t))
    const idle = {
      nonce: '',
      started: false,
      t: 0,
      n: 0,
      progress: 0,
      required: 3,
      pgp_fingerprints: null,
      backup: false,
      verification_required: false,
    }
    assert.deepEqual(await keeper.rekey.status(), idle)
    const started = await keeper.rekey.start({ shares: 4, threshold: 2, requireVerification: false })
    assert.match(started.nonce, /^[0-9a-f-]{36}$/)
    assert.deepEqual(started, { ...idle, started: true, t: 2, n: 4, nonce: started.nonce })
    assert.deepEqual(await keeper.rekey.update(shares[0] as string, started.nonce), {
      ...started,
      progress: 1,
    })
    assert.deepEqual(await keeper.rekey.status(), { ...started, progress: 1 })
    await keeper.rekey.cancel()
    assert.deepEqual(await keeper.rekey.status(), idle)
  })

  it('refuses what does not fit', async (t) => {
    const { keeper, shares } = await unsealedNode(await shamirBench(t))
    const [a, b] = shares as [string, string]
    await assert.rejects(() => keeper.rekey.update(a, 'x'), refuses('no barrier rekey in progress'))
    await assert.rejects(
      () => keeper.rekey.start({ shares: 0, threshold: 0, requireVerification: false }),
      refuses('invalid rekey seal configuration: shares must be at least one'),
    )
    const { nonce } = await keeper.rekey.start({ shares: 3, threshold: 2, requireVerification: false })
    await assert.rejects(
      () => keeper.rekey.start({ shares: 3, threshold: 2, requireVerification: false }),
      refuses('rekey already in progress'),
    )
    await assert.rejects(
      () => keeper.rekey.update(a, ''),
      refuses(`incorrect nonce supplied; nonce for this rekey operation is "${nonce}"`),
    )
    await assert.rejects(
      () => keeper.rekey.update('zz', nonce),
      refuses("'key' must be a valid hex or base64 string"),
    )
    await assert.rejects(
      () => keeper.rekey.update('00'.repeat(34), nonce),
      refuses('key is longer than maximum 33 bytes'),
    )
    await keeper.rekey.update(a, nonce)
    await assert.rejects(
      () => keeper.rekey.update(a, nonce),
      refuses('given key has already been provided during this generation operation'),
    )
    await keeper.rekey.update(b, nonce)
    await assert.rejects(
      () => keeper.rekey.update(wrongShare(shares), nonce),
      refuses(
        'failed to read root key: invalid key: failed to decrypt keys from storage: cipher: message authentication failed',
      ),
    )
    const { started, progress, nonce: same } = await keeper.rekey.status()
    assert.deepEqual([started, progress, same], [true, 0, nonce])
    await giveAll(keeper, shares, nonce)
  })

  it('needs an unsealed node, and is forgotten when it is sealed', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares } = await unsealedNode(bench)
    await keeper.rekey.start({ shares: 3, threshold: 2, requireVerification: false })
    await keeper.seal()
    for (const call of [
      () => keeper.rekey.status(),
      () => keeper.rekey.start({ shares: 3, threshold: 2, requireVerification: false }),
      () => keeper.rekey.update(shares[0] as string, 'x'),
      () => keeper.rekey.cancel(),
      () => keeper.rekey.verify(shares[0] as string, 'x'),
      () => keeper.rekey.restartVerification(),
    ]) {
      await assert.rejects(call, isSealed)
    }
    await unseal(keeper, shares.slice(0, 3))
    assert.equal((await keeper.rekey.status()).started, false)
  })
})

describe('rekey with verification', () => {
  const request = { shares: 3, threshold: 2, requireVerification: true }

  it('puts the new shares into force once enough of them were given back', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const { shares, verificationNonce } = await rekey(keeper, old, request)
    assert.equal(await opens(bench, old.slice(0, 3)), true)
    assert.equal(await opens(bench, shares), false)
    const { started, verification_required, verification_nonce } = await keeper.rekey.status()
    assert.deepEqual([started, verification_required, verification_nonce], [true, true, verificationNonce])
    const half = { nonce: verificationNonce, started: true, t: 2, n: 3, progress: 1 }
    assert.deepEqual(await keeper.rekey.verify(shares[2] as string, verificationNonce), half)
    assert.deepEqual(await keeper.rekey.verificationStatus(), half)
    assert.deepEqual(await keeper.rekey.verify(shares[0] as string, verificationNonce), {
      nonce: verificationNonce,
      complete: true,
    })
    assert.equal(await opens(bench, old.slice(0, 3)), false)
    assert.equal(await opens(bench, shares), true)
    assert.equal((await keeper.rekey.status()).started, false)
  })

  it('refuses what does not fit', async (t) => {
    const { keeper, shares: old } = await unsealedNode(await shamirBench(t))
    const share = old[0] as string
    await assert.rejects(() => keeper.rekey.verificationStatus(), refuses('no rekey configuration found'))
    await assert.rejects(() => keeper.rekey.restartVerification(), refuses('no rekey configuration found'))
    await assert.rejects(() => keeper.rekey.verify(share, 'x'), refuses('no rekey in progress'))
    const { nonce } = await keeper.rekey.start(request)
    assert.deepEqual(await keeper.rekey.verificationStatus(), {
      nonce: '',
      started: false,
      t: 2,
      n: 3,
      progress: 0,
    })
    await assert.rejects(() => keeper.rekey.verify(share, 'x'), refuses('no rekey verification in progress'))
    const { shares, verificationNonce = '' } = await giveAll(keeper, old, nonce)
    const [a] = shares.map((made) => made.toString('hex')) as [string]
    await assert.rejects(
      () => keeper.rekey.update(share, nonce),
      refuses(
        `rekey operation already finished; verification must be performed; nonce for the verification operation is "${verificationNonce}"`,
      ),
    )
    await assert.rejects(
      () => keeper.rekey.verify(a, nonce),
      refuses(`incorrect nonce supplied; nonce for this verify operation is "${verificationNonce}"`),
    )
    await keeper.rekey.verify(a, verificationNonce)
    await assert.rejects(
      () => keeper.rekey.verify(a, verificationNonce),
      refuses('given key has already been provided during this verify operation'),
    )
  })

  it('asks for the shares again, under a new nonce, after wrong ones and on demand', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const { shares, verificationNonce } = await rekey(keeper, old, request)
    await keeper.rekey.verify(shares[0] as string, verificationNonce)
    await assert.rejects(
      () => keeper.rekey.verify(wrongShare(shares), verificationNonce),
      refuses('rekey verification failed; incorrect key shares supplied'),
    )
    const second = await keeper.rekey.verificationStatus()
    assert.deepEqual([second.progress, second.started], [0, true])
    assert.notEqual(second.nonce, verificationNonce)
    await keeper.rekey.verify(shares[0] as string, second.nonce)
    const third = await keeper.rekey.restartVerification()
    assert.equal(third.progress, 0)
    assert.notEqual(third.nonce, second.nonce)
    await keeper.rekey.verify(shares[0] as string, third.nonce)
    await keeper.rekey.verify(shares[1] as string, third.nonce)
    assert.equal(await opens(bench, shares), true)
  })

  it('changes nothing when it is cancelled or the node is sealed', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const first = await rekey(keeper, old, request)
    await keeper.rekey.cancel()
    await assert.rejects(
      () => keeper.rekey.verify(first.shares[0] as string, first.verificationNonce),
      refuses(/no rekey/),
    )
    const second = await rekey(keeper, old, request)
    await keeper.seal()
    assert.equal(await opens(bench, second.shares), false)
    assert.equal(await opens(bench, old.slice(0, 3)), true)
  })
})

describe('rekey with several nodes', () => {
  it('is followed by the nodes that were unsealed', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const other = await bench.node()
    await unseal(other, old.slice(0, 3))
    const { shares: second } = await rekey(keeper, old)
    await rekey(keeper, second)
    await keeper.barrier().rotate()
    await write(bench.store, keeper.barrier(), key('a'), 'newer')
    assert.equal(await read(bench.store, other.barrier(), key('a')), 'newer')
    assert.equal((await write(bench.store, other.barrier(), key('b'), 'x')).ok, true)
    assert.equal(other.state().kind, 'unsealed')
  })

  it('lets a node that followed rekey in its turn', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const other = await bench.node()
    await unseal(other, old.slice(0, 3))
    const { shares: second } = await rekey(keeper, old)
    const { shares: third } = await rekey(other, second)
    assert.equal(await opens(bench, third), true)
    await keeper.tend()
    assert.equal((await write(bench.store, keeper.barrier(), key('b'), 'x')).ok, true)
  })

  it('seals a node that was away for too long', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    let closed = 0
    const other = await bench.node({ closed: () => void closed++ })
    await unseal(other, old.slice(0, 3))
    const { shares: second } = await rekey(keeper, old)
    bench.clock.advance(handoverLife)
    await rekey(keeper, second)
    await assert.rejects(() => other.tend(), isSealed)
    assert.equal(other.state().kind, 'sealed')
    assert.equal(closed, 1)
  })

  it('keeps the way from the old root key to the new one for a limited time', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares } = await unsealedNode(bench)
    await rekey(keeper, shares)
    const hasHandover = async () => (await bench.store.read([handoverKey]))[0] !== undefined
    bench.clock.advance(handoverLife - 1)
    await keeper.tend()
    assert.equal(await hasHandover(), true)
    bench.clock.advance(1)
    await keeper.tend()
    assert.equal(await hasHandover(), false)
  })

  it('counts for nothing when another node was faster', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const other = await bench.node()
    await unseal(other, old.slice(0, 3))
    const slow = await rekey(other, old, { requireVerification: true })
    const fast = await rekey(keeper, old)
    await other.rekey.verify(slow.shares[0] as string, slow.verificationNonce)
    await assert.rejects(
      () => other.rekey.verify(slow.shares[1] as string, slow.verificationNonce),
      refuses('another rekey finished first: start again with the new shares'),
    )
    assert.equal(await opens(bench, fast.shares), true)
    assert.equal(await opens(bench, slow.shares), false)
    assert.equal((await other.rekey.status()).started, false)
  })

  it('survives a rotation by another node between its first share and its last', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares: old } = await unsealedNode(bench)
    const other = await bench.node()
    await unseal(other, old.slice(0, 3))
    const { nonce } = await keeper.rekey.start({ shares: 3, threshold: 2, requireVerification: false })
    await keeper.rekey.update(old[0] as string, nonce)
    await other.barrier().rotate()
    const { shares } = await giveAll(keeper, old.slice(1), nonce)
    assert.equal(
      await opens(
        bench,
        shares.map((share) => share.toString('hex')),
      ),
      true,
    )
    assert.equal((await keeper.barrier().keyStatus()).term, 2)
  })
})
