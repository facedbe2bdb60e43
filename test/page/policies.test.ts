import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { faultsIn } from '../../web/src/parts/hcl-editor/faults.ts'
import { proposalsAt } from '../../web/src/parts/hcl-editor/proposals.ts'
import { differingLines } from '../../web/src/views/policies/differing-lines.ts'

describe('what is wrong with the text of a policy', () => {
  const doubts = { star: 'star', plus: 'plus', empty: 'empty' }
  const marked = (text: string) =>
    faultsIn(text, doubts).map((fault) => [fault.severity, fault.text, text.slice(fault.from, fault.to)])

  test('is what the server’s own parser says, where it is', () => {
    assert.deepEqual(marked('path "a" { capabilities = ["read"] }'), [])
    assert.deepEqual(marked('# é\npath "a" {\n  capabilities = ["fly", "read"]\n}'), [
      ['error', 'path "a": invalid capability "fly"', '"fly"'],
    ])
    assert.deepEqual(marked('path "a" {'), [['error', 'expected a key or }, found the end of the text', '']])
    assert.deepEqual(
      marked(`#${'x'.repeat(600_000)}`).map(([severity, text]) => [severity, text]),
      [['error', 'text is longer than 524288 bytes']],
    )
  })

  test('is also what is taken, and hardly meant', () => {
    const rule = (path: string) => `path "${path}" { policy = "read" }`
    for (const path of ['a/*/b', '*a', 'a**']) {
      assert.deepEqual(marked(rule(path)), [['warning', 'star', rule(path)]], path)
    }
    assert.deepEqual(marked(rule('a/b+/c')), [['warning', 'plus', rule('a/b+/c')]])
    assert.deepEqual(marked('path "a" {}'), [['warning', 'empty', 'path "a" {}']])
    for (const path of ['a/*', '+/b', 'a/+', '*', 'u/{{identity.entity.metadata.a+*}}/x']) {
      assert.deepEqual(marked(rule(path)), [], path)
    }
  })
})

describe('what is proposed in a policy', () => {
  const at = (before: string) => {
    const found = proposalsAt(before)
    return found && [found.kind, found.typed]
  }

  test('is a rule, what a rule has, a capability or a template, by where it is', () => {
    assert.deepEqual(at(''), ['rule', 0])
    assert.deepEqual(at('path "a" {}\npa'), ['rule', 2])
    assert.deepEqual(at('path "a" {\n  cap'), ['key', 3])
    assert.deepEqual(at('path "a" {\n  capabilities = ["re'), ['capability', 3])
    assert.deepEqual(at('{"path": {"a": {"capabilities": ["'), ['capability', 1])
    assert.deepEqual(at('path "u/{{identity.en'), ['template', 11])
    assert.equal(at('path "a'), undefined)
    assert.equal(at('path "a" {\n  min_wrapping_ttl = '), undefined)
  })

  test('is no capability that is there already', () => {
    const names = proposalsAt('capabilities = ["read",\n  "list", "')?.names ?? []
    assert.equal(names.includes('"read"'), false)
    assert.equal(names.includes('"list"'), false)
    assert.equal(names.includes('"update"'), true)
  })
})

describe('what differs between two texts', () => {
  test('is what lies between their common beginning and end', () => {
    assert.deepEqual(differingLines('a\nb\nc', 'a\nx\ny\nc'), [['b'], ['x', 'y']])
    assert.deepEqual(differingLines('a\na', 'a\na\na'), [[], ['a']])
    assert.deepEqual(differingLines('a', 'a'), [[], []])
  })
})
