import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { bindingOf, encodeSealRow, parseSealRow, type SealRow } from './row.ts'
import { shamirSeal } from './shamir.ts'

const fields = { type: 'shamir', clusterId: '01234567-89ab-cdef-0123-456789abcdef', shares: 5, threshold: 3 }
const recovery = { shares: 3, threshold: 2, verifier: 'ab'.repeat(32) }

describe('seal row', () => {
  it('gives back what was put in', () => {
    for (const row of [
      { ...fields, root: Buffer.from('wrapped'), recovery: undefined },
      { ...fields, type: 'static', shares: 0, threshold: 0, root: Buffer.from('wrapped'), recovery },
    ]) {
      assert.deepEqual(parseSealRow(encodeSealRow(row)), row)
    }
  })

  it('does not open when any of its fields was changed', async () => {
    const seal = shamirSeal(systemRandom)
    const { key } = await seal.split(5, 3)
    const row: SealRow = {
      ...fields,
      recovery,
      root: seal.wrap(key, createSecretKey(Buffer.alloc(32)), bindingOf({ ...fields, recovery })),
    }
    const open = (changed: SealRow) => seal.unwrap(key, changed.root, bindingOf(changed))
    open(row)
    const changes: Partial<SealRow>[] = [
      { type: 'static' },
      { clusterId: fields.clusterId.replace('0', '1') },
      { shares: 6 },
      { threshold: 2 },
      { recovery: undefined },
      { recovery: { ...recovery, threshold: 1 } },
      { recovery: { ...recovery, verifier: 'cd'.repeat(32) } },
    ]
    for (const change of changes) {
      assert.throws(
        () => open({ ...row, ...change }),
        (error) => isFailure(error, 'corrupt'),
        JSON.stringify(change),
      )
    }
  })

  it('is corrupt when it has another shape', () => {
    const good = { ...fields, root: 'd3JhcHBlZA==' }
    parseSealRow(Buffer.from(JSON.stringify(good)))
    const bad: unknown[] = [
      [],
      null,
      { ...good, type: 1 },
      { ...good, root: undefined },
      { ...good, clusterId: '../../etc/passwd' },
      { ...good, shares: 256 },
      { ...good, threshold: 6 },
      { ...good, threshold: 1.5 },
      { ...good, recovery: null },
      { ...good, recovery: { shares: 1, threshold: 2, verifier: '' } },
    ]
    for (const value of bad) {
      assert.throws(
        () => parseSealRow(Buffer.from(JSON.stringify(value))),
        (error) => isFailure(error, 'corrupt') && error.message.includes('cluster/seal'),
        JSON.stringify(value),
      )
    }
    assert.throws(
      () => parseSealRow(Buffer.from('{')),
      (error) => isFailure(error, 'corrupt'),
    )
  })

  // The same bytes for ever: what was written by one version opens under every later one.
  it('keeps its format', () => {
    const row = Buffer.from(
      '{"type":"shamir","clusterId":"01234567-89ab-cdef-0123-456789abcdef","shares":1,"threshold":1,"root":"AQAAAABaWlpaWlpaWlpaWlo5KQngTwanm3axOz/4+YDYJvLf3NnhNovlHB/45E6/Ias3JZy68C+xCOA30aYVdfo="}',
    )
    const { root, ...rest } = parseSealRow(row)
    assert.equal(bindingOf(rest), '["cluster/seal","shamir","01234567-89ab-cdef-0123-456789abcdef",1,1]')
    assert.equal(
      bindingOf({
        ...rest,
        type: 'static',
        shares: 0,
        threshold: 0,
        recovery: { ...recovery, verifier: 'ab' },
      }),
      '["cluster/seal","static","01234567-89ab-cdef-0123-456789abcdef",0,0,3,2,"ab"]',
    )
    const key = createSecretKey(Buffer.alloc(32, 1))
    assert.deepEqual(
      shamirSeal(systemRandom).unwrap(key, root, bindingOf(rest)).export(),
      Buffer.alloc(32, 2),
    )
    assert.equal(encodeSealRow({ ...rest, root }).toString(), row.toString())
  })
})
