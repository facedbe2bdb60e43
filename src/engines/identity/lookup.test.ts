import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../test/support/identity.ts'
import { dataOf } from '../../../test/support/node.ts'
import { refused } from '../../../test/support/token-method.ts'
import type { JsonObject } from '../../base/json/json.ts'

for (const what of ['entity', 'group']) {
  describe(`the lookup of ${what === 'entity' ? 'an entity' : 'a group'}`, () => {
    it('finds it by its id, its name, and the id or the name of an alias', async (t) => {
      const { make, write, accessor } = await identityBench(t)
      const id = await make(what, { name: 'Name', ...(what === 'group' ? { type: 'external' } : {}) })
      const alias = { name: 'alice', mount_accessor: accessor, canonical_id: id }
      const alias_id = await make(`${what}-alias`, alias)
      const find = (fields: JsonObject) => write(`lookup/${what}`, fields)
      const by = { alias_name: 'alice', alias_mount_accessor: accessor }
      for (const fields of [{ id }, { name: 'nAME' }, { alias_id }, by]) {
        assert.equal(dataOf(await find(fields)).id, id, JSON.stringify(fields))
      }
      const none = '00000000-0000-4000-8000-000000000000'
      const others = [{ id: none }, { id: 'x' }, { name: 'other' }, { alias_id: none }, { alias_id: id }]
      for (const fields of [...others, { ...by, alias_name: 'bob' }, { ...by, alias_mount_accessor: 'x' }]) {
        assert.deepEqual(await find(fields), {}, JSON.stringify(fields))
      }
    })

    it('is by one thing alone', async (t) => {
      const { write } = await identityBench(t)
      const find = (fields: JsonObject) => write(`lookup/${what}`, fields)
      refused(await find({}), 'query parameter not supplied')
      const both = "both 'alias_name' and 'alias_mount_accessor' needs to be set"
      refused(await find({ alias_name: 'alice' }), both)
      refused(await find({ alias_mount_accessor: 'x' }), both)
      for (const fields of [
        { id: 'a', name: 'b' },
        { alias_id: 'a', alias_name: 'b' },
      ]) {
        refused(await find(fields), /^query parameter conflict/)
      }
    })
  })
}
