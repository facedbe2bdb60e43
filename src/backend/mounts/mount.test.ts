import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveTtl, type Mount } from './mount.ts'

const mount = (defaultLeaseTtl: number, maxLeaseTtl: number): Mount => ({
  table: 'secret',
  path: 'kv/',
  type: 'kv',
  uuid: '',
  accessor: '',
  description: '',
  options: null,
  local: false,
  sealWrap: false,
  config: { defaultLeaseTtl, maxLeaseTtl, forceNoCache: false },
})

test('the TTLs of a mount are its own where it has some, and the default is never above the maximum', () => {
  const system = { default: 100, max: 200 }
  assert.deepEqual(effectiveTtl(mount(0, 0), system), { default: 100, max: 200 })
  assert.deepEqual(effectiveTtl(mount(30, 40), system), { default: 30, max: 40 })
  assert.deepEqual(effectiveTtl(mount(0, 50), system), { default: 50, max: 50 })
  assert.deepEqual(effectiveTtl(mount(300, 0), system), { default: 200, max: 200 })
})
