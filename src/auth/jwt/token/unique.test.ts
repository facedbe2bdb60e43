import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { repeatedName } from './unique.ts'

describe('repeated names in JSON', () => {
  it('are found at any depth', () => {
    assert.equal(repeatedName('{"a":1,"a":2}'), 'a')
    assert.equal(repeatedName('{"x":{"b":1,"b":2}}'), 'b')
    assert.equal(repeatedName('[{"x":[{"c":1,"d":2,"c":3}]}]'), 'c')
    assert.equal(repeatedName('{"a":{"b":1},"c":[1,2],"a":0}'), 'a')
  })
  it('are found behind escapes', () => {
    assert.equal(repeatedName(String.raw`{"sub":1,"s\u0075b":2}`), 'sub')
    assert.equal(repeatedName(String.raw`{"a\"b":1,"a\u0022b":2}`), 'a"b')
  })
  it('are told from equal values and from equal names in different objects', () => {
    assert.equal(repeatedName('{"a":"b","b":"a"}'), undefined)
    assert.equal(repeatedName('{"a":{"a":{"a":"a"}},"b":["a","a",{"a":"a"}]}'), undefined)
    assert.equal(repeatedName(String.raw`{"a":"\"a\":","b":"{\"b\":1,\"b\":2}"}`), undefined)
    assert.equal(repeatedName('{"":1}'), undefined)
    assert.equal(repeatedName('"a"'), undefined)
  })
  it('are never seen in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
        assert.equal(repeatedName(JSON.stringify(JSON.parse(text), null, indent)), undefined)
      }),
    )
  })
  it('are always seen when a member is written twice', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, noNullPrototype: true })
    fc.assert(
      fc.property(objects, fc.jsonValue(), fc.nat(), (object, other, pick) => {
        const names = Object.keys(object)
        const name = names[pick % names.length] as string
        const members = Object.entries(object).map(([n, v]) => `${JSON.stringify(n)}:${JSON.stringify(v)}`)
        const text = `{${[...members, `${JSON.stringify(name)} : ${JSON.stringify(other)}`].join(' , ')}}`
        assert.equal(repeatedName(text), name)
      }),
    )
  })
})
