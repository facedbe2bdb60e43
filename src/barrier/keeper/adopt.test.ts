import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { key, read, write } from '../barrier-for-tests.ts'
import { takeSecret } from '../keyring/keyring.ts'
import { shamirBench, staticBench, unsealedNode } from './keeper-for-tests.ts'

describe('a process beside others of its node', () => {
  it('opens with the root key of one that is open', async (t) => {
    const bench = await shamirBench(t)
    const { barrier, keeper } = await unsealedNode(bench)
    await write(bench.store, barrier, key('a'), 'x')
    const other = await bench.node({ waits: true })
    assert.deepEqual(other.state(), { kind: 'sealed', progress: 0, nonce: '' })
    await other.adopt(keeper.barrier().root())
    assert.equal(other.state().kind, 'unsealed')
    assert.equal(await read(bench.store, other.barrier(), key('a')), 'x')
    await other.adopt(takeSecret(systemRandom.bytes(32)))
    assert.equal(await read(bench.store, other.barrier(), key('a')), 'x', 'one that is open stays as it is')
  })

  it('stays sealed when the root key is not that of the store', async (t) => {
    const bench = await shamirBench(t)
    await unsealedNode(bench)
    const other = await bench.node({ waits: true })
    await assert.rejects(
      () => other.adopt(takeSecret(systemRandom.bytes(32))),
      (error) => isFailure(error, 'corrupt'),
    )
    assert.equal(other.state().kind, 'sealed')
  })

  it('waits with a seal that opens by itself, too, until it may', async (t) => {
    const bench = await staticBench(t)
    await (await bench.node()).initialize({})
    const other = await bench.node({ waits: true })
    await other.tend()
    assert.equal(other.state().kind, 'sealed')
    await other.adopt()
    assert.equal(other.state().kind, 'unsealed')
  })
})
