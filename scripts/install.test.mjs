import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { holds } from './install.mjs'

const wanted = {
  '': { name: 'coffer' },
  'node_modules/server': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/linter': { version: '2.0.0', integrity: 'sha512-b', dev: true },
  'node_modules/other-machine': { version: '3.0.0', integrity: 'sha512-c', optional: true },
}
const { 'node_modules/server': server, 'node_modules/linter': linter } = wanted
const forAll = { development: true }

describe('what is installed', () => {
  test('is enough with everything that the lock file names, but for optional packages', () => {
    assert.ok(holds({ 'node_modules/server': server, 'node_modules/linter': linter }, wanted, forAll))
  })

  test('is not enough with a package missing, in another version, or of other content', () => {
    const others = [undefined, { ...server, version: '1.0.1' }, { ...server, integrity: 'sha512-x' }]
    for (const other of others) {
      assert.ok(!holds({ 'node_modules/server': other, 'node_modules/linter': linter }, wanted, forAll))
    }
  })

  test('lacks the packages for development where only the server is needed', () => {
    const present = { 'node_modules/server': server }
    assert.ok(!holds(present, wanted, forAll))
    assert.ok(holds(present, wanted, { development: false }))
  })
})
