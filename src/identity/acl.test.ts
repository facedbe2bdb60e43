import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { barrierBench } from '../barrier/barrier-for-tests.ts'
import { parsePolicy } from '../policy/parse.ts'
import { policyKey, storedPolicies } from '../policy/stored.ts'
import { createRecordCache } from '../transaction/cache.ts'
import { begin, type Ground } from '../transaction/transaction.ts'
import { compileFor, createAclCache } from './acl.ts'

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
})
