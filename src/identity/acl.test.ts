import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { barrierBench } from '../barrier/barrier-for-tests.ts'
import { parsePolicy } from '../policy/parse.ts'
import { policyKey, storedPolicies } from '../policy/stored.ts'
import { createRecordCache } from '../transaction/cache.ts'
import { begin, type Ground } from '../transaction/transaction.ts'
import { compileFor, createAclCache } from './acl.ts'
import {
  blankEntity,
  blankGroup,
  entities,
  entityKey,
  groupKey,
  groups,
  membershipKey,
  memberships,
  noMembership,
} from './record.ts'
import { resolveIdentity } from './resolve.ts'

describe('compiled rules that are kept', () => {
  it('are not taken for those of other policies, whatever their names hold', async (t) => {
    const { store, open } = await barrierBench(t)
    const ground: Ground = { store, barrier: await open(), cache: createRecordCache(1024 * 1024) }
    const text = 'path "a" { capabilities = ["read"] }'
    const writing = begin(ground)
    writing.put(storedPolicies, policyKey('admin'), { text, policy: parsePolicy(text) })
    await writing.commit()
    const tx = begin(ground)
    const cache = createAclCache(10)
    const mayRead = async (...policies: string[]) =>
      (await compileFor(tx, policies, undefined, cache)).capabilities('a').includes('read')
    assert.equal(await mayRead('admin', 'zzz'), true)
    const version = tx.versionOf(policyKey('admin'))
    for (const name of [`admin@${version} zzz`, `admin","zzz`, 'admin,zzz']) {
      assert.equal(await mayRead(name), false, name)
    }
    assert.equal(await mayRead('admin', 'zzz'), true)
  })

  it('are those of one entity and its groups as they are now, where templates name them', async (t) => {
    const { store, open } = await barrierBench(t)
    const ground: Ground = { store, barrier: await open(), cache: createRecordCache(1024 * 1024) }
    const text =
      'path "e/{{identity.entity.name}}" { capabilities = ["read"] } path "g/{{identity.groups.names}}" { capabilities = ["read"] }'
    const put = async (change: (tx: ReturnType<typeof begin>) => void) => {
      const tx = begin(ground)
      change(tx)
      await tx.commit()
    }
    const group = (name: string) => ({ ...blankGroup('g', 0, 'internal'), name })
    await put((tx) => {
      tx.put(storedPolicies, policyKey('own'), { text, policy: parsePolicy(text) })
      tx.put(groups, groupKey('g'), group('staff'))
      for (const id of ['alice', 'bob']) {
        tx.put(entities, entityKey(id), { ...blankEntity(id, 0), name: id })
        tx.put(memberships, membershipKey(id), { internal: ['g'], external: {} })
      }
    })
    const cache = createAclCache(10)
    const mayRead = async (id: string) => {
      const tx = begin(ground)
      const acl = await compileFor(tx, ['own'], await resolveIdentity(tx, id), cache)
      return ['e/alice', 'e/bob', 'g/staff', 'g/crew'].filter((path) =>
        acl.capabilities(path).includes('read'),
      )
    }
    assert.deepEqual(await mayRead('alice'), ['e/alice', 'g/staff'])
    assert.deepEqual(await mayRead('bob'), ['e/bob', 'g/staff'])
    await put((tx) => tx.put(groups, groupKey('g'), group('crew')))
    assert.deepEqual(await mayRead('alice'), ['e/alice', 'g/crew'])
    await put((tx) => tx.put(memberships, membershipKey('alice'), noMembership))
    assert.deepEqual(await mayRead('alice'), ['e/alice'])
    await put((tx) => tx.put(entities, entityKey('alice'), { ...blankEntity('alice', 0), name: 'bob' }))
    assert.deepEqual(await mayRead('alice'), ['e/bob'])
  })
})
