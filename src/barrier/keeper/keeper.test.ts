import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fail, isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { key, read, watchedStore, write } from '../barrier-for-tests.ts'
import { formatKey, jsonBytes, sealKey } from '../rows.ts'
import { shamirSeal } from '../seals/shamir.ts'
import {
  bootstrapKey,
  type KeeperBench,
  shamirBench,
  unseal,
  unsealedNode,
  wrongShare,
} from './keeper-for-tests.ts'

const refuses = (text: string) => (error: unknown) => {
  assert.ok(isFailure(error, 'invalid_request'), String(error))
  assert.equal(error.message, text)
  return true
}
const wrongShares =
  'unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: cipher: message authentication failed'

async function isEmpty({ store }: KeeperBench): Promise<boolean> {
  return (await store.list('')).names.length === 0
}

describe('initialisation', () => {
  it('gives shares and a root token, and leaves the node sealed', async (t) => {
    const bench = await shamirBench(t)
    const keeper = await bench.node()
    assert.deepEqual(keeper.state(), { kind: 'uninitialized' })
    const { shares, recoveryShares, rootToken } = await keeper.initialize({ shares: 5, threshold: 3 })
    assert.deepEqual(
      shares.map((share) => share.length),
      [33, 33, 33, 33, 33],
    )
    assert.deepEqual(recoveryShares, [])
    assert.equal(rootToken, `hvs.first${'1'.repeat(19)}`)
    assert.deepEqual(keeper.state(), { kind: 'sealed', progress: 0, nonce: '' })
    assert.throws(
      () => keeper.barrier(),
      (error) => isFailure(error, 'sealed'),
    )
  })

  it('writes all that the server begins with', async (t) => {
    const bench = await shamirBench(t)
    const { barrier, keeper } = await unsealedNode(bench)
    assert.equal(await read(bench.store, keeper.barrier(), bootstrapKey), 'first')
    assert.equal((await write(bench.store, keeper.barrier(), key('a'), 'x')).ok, true)
    const rows = (await bench.store.scan('cluster/')).rows.map((row) => row.key)
    assert.deepEqual(rows, [
      'cluster/encryptions',
      'cluster/format',
      'cluster/incarnation',
      'cluster/keyring',
      'cluster/seal',
    ])
    assert.equal(barrier.expectations().length, 3)
  })

  it('is one share of 32 bytes when one is asked for', async (t) => {
    const keeper = await (await shamirBench(t)).node()
    const { shares } = await keeper.initialize({ shares: 1, threshold: 1 })
    assert.deepEqual(
      shares.map((share) => share.length),
      [32],
    )
    assert.equal((await keeper.unseal((shares[0] as Buffer).toString('base64'))).sealed, false)
  })

  it('happens once', async (t) => {
    const bench = await shamirBench(t)
    const keeper = await bench.node()
    await keeper.initialize({ shares: 1, threshold: 1 })
    const again = refuses('Vault is already initialized')
    await assert.rejects(() => keeper.initialize({ shares: 5, threshold: 3 }), again)
    const other = await bench.node()
    await assert.rejects(() => other.initialize({ shares: 5, threshold: 3 }), again)
  })

  it('is won by one of many nodes, whose shares open the store', async (t) => {
    const bench = await shamirBench(t)
    const nodes = await Promise.all(Array.from({ length: 6 }, () => bench.node()))
    const results = await Promise.allSettled(
      nodes.map((node) => node.initialize({ shares: 3, threshold: 2 })),
    )
    const won = results.filter((result) => result.status === 'fulfilled')
    assert.equal(won.length, 1)
    for (const result of results) {
      if (result.status === 'rejected') refuses('Vault is already initialized')(result.reason)
    }
    for (const node of nodes) {
      await unseal(
        node,
        (won[0]?.value.shares ?? []).slice(1).map((share) => share.toString('hex')),
      )
      assert.equal(node.state().kind, 'unsealed')
    }
  })

  it('leaves nothing behind when it fails midway', async (t) => {
    const bench = await shamirBench(t)
    const failing = await bench.node({ bootstrap: async () => fail('internal', 'no') })
    await assert.rejects(
      () => failing.initialize({ shares: 1, threshold: 1 }),
      (error) => isFailure(error, 'internal'),
    )
    assert.ok(await isEmpty(bench))
    const store = watchedStore(bench.store, () => fail('storage_failed'))
    const broken = await bench.node({ store })
    await assert.rejects(
      () => broken.initialize({ shares: 1, threshold: 1 }),
      (error) => isFailure(error, 'storage_failed'),
    )
    assert.ok(await isEmpty(bench))
    const keeper = await bench.node()
    await keeper.initialize({ shares: 1, threshold: 1 })
  })

  it('does not touch a store that holds data already', async (t) => {
    const bench = await shamirBench(t)
    await bench.store.commit({ put: [{ key: key('ns/root/mounts'), value: Buffer.from('x') }] })
    const keeper = await bench.node()
    await assert.rejects(
      () => keeper.initialize({ shares: 1, threshold: 1 }),
      (error) => isFailure(error, 'corrupt') && /restore it from a backup/.test(error.message),
    )
  })

  it('refuses what does not fit the seal', async (t) => {
    const bench = await shamirBench(t)
    const keeper = await bench.node()
    await assert.rejects(
      () => keeper.initialize({}),
      refuses('invalid seal configuration: shares must be at least one'),
    )
    await assert.rejects(
      () => keeper.initialize({ shares: 3, threshold: 2, recoveryShares: 1 }),
      refuses('parameters recovery_shares not applicable to seal type shamir'),
    )
    assert.ok(await isEmpty(bench))
  })
})

describe('unsealing', () => {
  it('counts the shares of one attempt under one nonce, in hex and base64', async (t) => {
    const keeper = await (await shamirBench(t)).node()
    const { shares } = await keeper.initialize({ shares: 5, threshold: 3 })
    const [a, b, c] = shares as [Buffer, Buffer, Buffer]
    const first = await keeper.unseal(a.toString('hex'))
    assert.equal(first.progress, 1)
    assert.match(first.nonce, /^[0-9a-f-]{36}$/)
    assert.equal(first.sealed, true)
    const second = await keeper.unseal(b.toString('base64'))
    assert.deepEqual([second.progress, second.nonce], [2, first.nonce])
    assert.deepEqual(keeper.state(), { kind: 'sealed', progress: 2, nonce: first.nonce })
    const third = await keeper.unseal(c.toString('hex').toUpperCase())
    assert.deepEqual([third.progress, third.nonce, third.sealed], [0, '', false])
    assert.equal(keeper.state().kind, 'unsealed')
  })

  it('does not count the same share twice', async (t) => {
    const keeper = await (await shamirBench(t)).node()
    const { shares } = await keeper.initialize({ shares: 3, threshold: 2 })
    const share = shares[0] as Buffer
    const { nonce } = await keeper.unseal(share.toString('hex'))
    for (const text of [share.toString('hex'), share.toString('base64')]) {
      const { progress, nonce: same } = await keeper.unseal(text)
      assert.deepEqual([progress, same], [1, nonce])
    }
  })

  it('starts over after wrong shares, each kind with its own text', async (t) => {
    const keeper = await (await shamirBench(t)).node()
    const { shares } = await keeper.initialize({ shares: 3, threshold: 2 })
    const right = shares.map((share) => share.toString('hex'))
    const twin = Buffer.from(shares[0] as Buffer)
    twin[0] = (twin[0] as number) ^ 1
    const cases = [
      [wrongShare(right), wrongShares],
      ['11'.repeat(32), 'invalid key: failed to compute combined key: all parts must be the same length'],
      [twin.toString('hex'), 'invalid key: failed to compute combined key: duplicate part detected'],
    ] as const
    for (const [bad, text] of cases) {
      await keeper.unseal(right[0] as string)
      await assert.rejects(() => keeper.unseal(bad), refuses(text))
      assert.deepEqual(keeper.state(), { kind: 'sealed', progress: 0, nonce: '' })
    }
    await unseal(keeper, right.slice(1))
    assert.equal(keeper.state().kind, 'unsealed')
  })

  it('refuses what is no share', async (t) => {
    const keeper = await (await shamirBench(t)).node()
    await assert.rejects(() => keeper.unseal('11'.repeat(33)), refuses('Vault is not initialized'))
    await keeper.initialize({ shares: 1, threshold: 1 })
    const unreadable = refuses("'key' must be a valid hex or base64 string")
    for (const text of ['zz', '00', 'not a key', 'A', 'AAAA=', '=', 'A'.repeat(5000)]) {
      await assert.rejects(() => keeper.unseal(text), unreadable, text)
    }
    await assert.rejects(
      () => keeper.unseal(Buffer.alloc(15).toString('base64')),
      refuses('invalid key: key is shorter than minimum 16 bytes'),
    )
    await assert.rejects(
      () => keeper.unseal(''),
      refuses('invalid key: key is shorter than minimum 16 bytes'),
    )
    await assert.rejects(
      () => keeper.unseal('00'.repeat(40)),
      refuses('invalid key: key is longer than maximum 33 bytes'),
    )
    assert.deepEqual(keeper.state(), { kind: 'sealed', progress: 0, nonce: '' })
    // 32 bytes are the right length for the one share, and 16 bytes are no key.
    await assert.rejects(() => keeper.unseal('11'.repeat(32)), refuses(wrongShares))
    await assert.rejects(() => keeper.unseal('11'.repeat(16)), refuses(wrongShares))
  })

  it('can be reset while the node is sealed', async (t) => {
    const bench = await shamirBench(t)
    const keeper = await bench.node()
    const { shares } = await keeper.initialize({ shares: 3, threshold: 2 })
    await keeper.unseal((shares[0] as Buffer).toString('hex'))
    const { progress, nonce } = await keeper.resetUnseal()
    assert.deepEqual([progress, nonce], [0, ''])
    await unseal(
      keeper,
      shares.map((share) => share.toString('hex')),
    )
    await assert.rejects(() => keeper.resetUnseal(), refuses('vault is unsealed'))
  })

  it('changes nothing on a node that is unsealed', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, barrier } = await unsealedNode(bench)
    const { sealed, progress } = await keeper.unseal('22'.repeat(33))
    assert.deepEqual([sealed, progress], [false, 0])
    assert.equal(keeper.barrier(), barrier)
  })

  it('opens one barrier when shares come in all at once', async (t) => {
    const bench = await shamirBench(t)
    let opened = 0
    const keeper = await bench.node({ opened: async () => void opened++ })
    const { shares } = await keeper.initialize({ shares: 5, threshold: 2 })
    const statuses = await Promise.all(shares.map((share) => keeper.unseal(share.toString('hex'))))
    assert.equal(opened, 1)
    assert.ok(statuses.slice(1).every(({ sealed }) => !sealed))
  })

  it('belongs to one node; others stay sealed', async (t) => {
    const bench = await shamirBench(t)
    const { shares, keeper } = await unsealedNode(bench)
    const other = await bench.node()
    assert.equal(other.state().kind, 'sealed')
    await other.unseal(shares[0] as string)
    assert.equal((await other.status()).progress, 1)
    assert.equal((await keeper.status()).progress, 0)
  })

  it('works on a node that looked before the store was initialised', async (t) => {
    const bench = await shamirBench(t)
    const early = await bench.node()
    const { shares } = await unsealedNode(bench)
    await early.tend()
    assert.equal(early.state().kind, 'sealed')
    await unseal(early, shares.slice(2))
    assert.equal(early.state().kind, 'unsealed')
  })

  it('leaves the node sealed when what lies above cannot start', async (t) => {
    const bench = await shamirBench(t)
    const { shares } = await unsealedNode(bench)
    const other = await bench.node({ opened: async () => fail('internal', 'no mounts') })
    await assert.rejects(
      () => unseal(other, shares.slice(0, 3)),
      (error) => isFailure(error, 'internal'),
    )
    assert.deepEqual(other.state(), { kind: 'sealed', progress: 0, nonce: '' })
  })
})

describe('sealing', () => {
  it('drops the keys at once, and the same shares open it again', async (t) => {
    const bench = await shamirBench(t)
    let closed = 0
    const { keeper, shares, barrier } = await unsealedNode(bench, { closed: () => void closed++ })
    await write(bench.store, keeper.barrier(), key('a'), 'x')
    const sealing = keeper.seal()
    assert.throws(
      () => barrier.encrypt(key('a'), Buffer.from('x')),
      (error) => isFailure(error, 'sealed'),
    )
    await sealing
    assert.equal(closed, 1)
    assert.deepEqual(keeper.state(), { kind: 'sealed', progress: 0, nonce: '' })
    await keeper.tend()
    assert.equal(keeper.state().kind, 'sealed')
    await unseal(keeper, shares.slice(1, 4))
    assert.equal(await read(bench.store, keeper.barrier(), key('a')), 'x')
  })

  it('does nothing to a node that is sealed, but for the shares given so far', async (t) => {
    const bench = await shamirBench(t)
    const keeper = await bench.node()
    await keeper.seal()
    const { shares } = await keeper.initialize({ shares: 3, threshold: 2 })
    await keeper.unseal((shares[0] as Buffer).toString('hex'))
    await keeper.seal()
    assert.deepEqual(keeper.state(), { kind: 'sealed', progress: 0, nonce: '' })
  })

  it('wins over an unsealing that is under way', async (t) => {
    const bench = await shamirBench(t)
    const { shares } = await unsealedNode(bench, { shares: 1, threshold: 1 })
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const other = await bench.node({
      opened: () => {
        reached.resolve()
        return gate.promise
      },
    })
    const unsealing = other.unseal(shares[0] as string)
    await reached.promise
    const sealing = other.seal()
    gate.resolve()
    await Promise.all([unsealing, sealing])
    assert.equal(other.state().kind, 'sealed')
  })

  it('leaves other nodes open', async (t) => {
    const bench = await shamirBench(t)
    const { keeper, shares } = await unsealedNode(bench)
    const other = await bench.node()
    await unseal(other, shares.slice(0, 3))
    await keeper.seal()
    assert.equal((await write(bench.store, other.barrier(), key('a'), 'x')).ok, true)
  })
})

describe('seal status', () => {
  const base = {
    type: 'shamir',
    nonce: '',
    progress: 0,
    version: '1.2.3',
    build_date: '2030-01-01T00:00:00Z',
    commit_date: '2030-01-01T00:00:00Z',
    migration: false,
    recovery_seal: false,
    storage_type: 'sqlite',
  }

  it('names the cluster only while the node is unsealed', async (t) => {
    const bench = await shamirBench(t)
    const keeper = await bench.node({ clusterName: 'my-cluster' })
    assert.deepEqual(await keeper.status(), { ...base, initialized: false, sealed: true, t: 0, n: 0 })
    const { shares } = await keeper.initialize({ shares: 5, threshold: 3 })
    assert.deepEqual(await keeper.status(), { ...base, initialized: true, sealed: true, t: 3, n: 5 })
    await unseal(
      keeper,
      shares.slice(0, 3).map((share) => share.toString('hex')),
    )
    const { cluster_id, ...rest } = await keeper.status()
    assert.match(cluster_id ?? '', /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, {
      ...base,
      initialized: true,
      sealed: false,
      t: 3,
      n: 5,
      cluster_name: 'my-cluster',
    })
    assert.equal((await (await bench.node()).status()).cluster_id, undefined)
  })

  it('makes a name of the id when none is configured', async (t) => {
    const { keeper } = await unsealedNode(await shamirBench(t))
    const { cluster_id = '', cluster_name } = await keeper.status()
    assert.equal(cluster_name, `coffer-cluster-${cluster_id.slice(0, 8)}`)
  })
})

describe('a start', () => {
  it('is refused on data of a newer format', async (t) => {
    const bench = await shamirBench(t)
    await unsealedNode(bench)
    await bench.store.commit({ put: [{ key: formatKey, value: jsonBytes({ minReader: 9, minWriter: 9 }) }] })
    await assert.rejects(
      () => bench.node(),
      (error) => isFailure(error, 'storage_format'),
    )
  })

  it('is refused when the data has another seal than the configuration names', async (t) => {
    const bench = await shamirBench(t)
    await unsealedNode(bench)
    const seal = { ...shamirSeal(systemRandom), type: 'other' }
    await assert.rejects(
      () => bench.node({ seal }),
      (error) =>
        isFailure(error, 'invalid_config') && /sealed by "shamir".*names "other"/.test(error.message),
    )
  })

  it('is refused when the seal row or the format row is gone', async (t) => {
    for (const gone of [formatKey, sealKey]) {
      const bench = await shamirBench(t)
      await unsealedNode(bench)
      await bench.store.commit({ delete: [gone] })
      await assert.rejects(
        () => bench.node(),
        (error) => isFailure(error, 'corrupt') && error.message.includes(gone),
      )
    }
  })
})
