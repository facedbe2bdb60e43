import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../../../base/errors.ts'
import type { Commit, StorageKey, Version } from '../../../store.ts'
import { absent, changeOf, createEncoder, decode, split } from './codec.ts'

const key = (text: string) => text as StorageKey
const sequenceOf = (version: Version) => Number(version)
const at = (sequence: number) => String(sequence) as Version

function encode(commits: readonly Commit[]): Uint8Array {
  const encoder = createEncoder()
  for (const [i, commit] of commits.entries()) encoder.add(i + 1, commit, sequenceOf)
  return encoder.take()
}

const anyKey = fc.string({ unit: 'binary', maxLength: 40 }).map(key)
const anyCommit: fc.Arbitrary<Commit> = fc.record({
  expect: fc.array(fc.record({ key: anyKey, version: fc.option(fc.nat().map(at), { nil: null }) }), {
    maxLength: 4,
  }),
  expectEmpty: fc.array(anyKey, { maxLength: 3 }),
  put: fc.array(fc.record({ key: anyKey, value: fc.uint8Array({ maxLength: 3000 }) }), { maxLength: 4 }),
  delete: fc.array(anyKey, { maxLength: 3 }),
})

describe('the encoding of commits', () => {
  test('has these bytes', () => {
    const commit: Commit = {
      expect: [
        { key: key('a'), version: at(7) },
        { key: key('é'), version: null },
      ],
      expectEmpty: ['b/'],
      put: [{ key: key('c'), value: Uint8Array.of(1, 2, 3) }],
      delete: [key('d')],
    }
    const fields = [
      '38000000', // the length of what follows
      '000000000000f03f', // its number: 1
      '0200010001000100', // two expectations, an empty prefix, a put, a delete
      `010061${'0000000000001c40'}`, // a at 7
      `0200c3a9${'000000000000f0bf'}`, // é absent
      '0200622f', // b/
      '010063' + '03000000' + '010203', // c
      '010064', // d
    ]
    assert.equal(Buffer.from(encode([commit])).toString('hex'), fields.join(''))
    assert.equal(
      Buffer.from(encode([{}])).toString('hex'),
      '10000000' + '000000000000f03f' + '0000000000000000',
    )
  })

  test('gives back what went in, one commit or many', () => {
    fc.assert(
      fc.property(fc.array(anyCommit, { maxLength: 6 }), (commits) => {
        const found = split(encode(commits)).map(decode)
        const plain = (change: ReturnType<typeof decode>) => ({
          ...change,
          put: change.put.map((row) => ({ key: row.key, value: [...row.value] })),
        })
        assert.deepEqual(
          found.map(plain),
          commits.map((commit, i) => plain(changeOf(i + 1, commit, sequenceOf))),
        )
      }),
    )
  })

  test('keeps what was put as it was at the call, and starts anew when it is taken', () => {
    const encoder = createEncoder()
    const value = Uint8Array.of(1)
    encoder.add(1, { put: [{ key: key('a'), value }] }, sequenceOf)
    value[0] = 2
    const first = encoder.take()
    assert.equal(encoder.length, 0)
    encoder.add(2, { put: [{ key: key('a'), value }] }, sequenceOf)
    const values = [first, encoder.take()].map((batch) => split(batch).map(decode)[0]?.put[0]?.value[0])
    assert.deepEqual(values, [1, 2])
  })

  test('refuses a key that is longer than its length can say, and adds nothing of it', () => {
    const encoder = createEncoder()
    const long = key('x'.repeat(30_000))
    assert.throws(
      () => encoder.add(1, { delete: [long] }, sequenceOf),
      (error) => isFailure(error, 'invalid_path'),
    )
    assert.equal(encoder.length, 0)
  })

  test('that was cut off anywhere is refused, whole or in part', () => {
    const batch = encode([
      { expect: [{ key: key('a'), version: null }], expectEmpty: ['b/'] },
      { put: [{ key: key('c'), value: Buffer.alloc(20) }], delete: [key('d')] },
    ])
    const [first, second] = split(batch).map(({ bytes }) => bytes.length) as [number, number]
    for (let length = 1; length < batch.length; length++) {
      if (length !== first) assert.throws(() => split(batch.subarray(0, length)), RangeError, `${length}`)
    }
    for (let length = 0; length < second; length++) {
      assert.throws(
        () => decode({ number: 2, bytes: batch.subarray(first, first + length) }),
        RangeError,
        `${length}`,
      )
    }
  })

  test('with any bytes changed is decoded or refused, in bounded memory', () => {
    const whole = encode([
      { expect: [{ key: key('a'), version: null }], put: [{ key: key('b'), value: Buffer.alloc(9) }] },
    ])
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1 }), (changes) => {
        const bytes = Uint8Array.from(whole)
        for (const [place, byte] of changes) bytes[place] = byte
        try {
          for (const commit of split(bytes)) {
            const { put } = decode(commit)
            assert.ok(put.every(({ value }) => value.length <= bytes.length))
          }
        } catch (error) {
          assert.ok(error instanceof RangeError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('names an absent row by what no commit is numbered', () => {
    assert.ok(absent < 0)
    const [change] = split(encode([{ expect: [{ key: key('a'), version: 'strange' as Version }] }])).map(
      decode,
    )
    // A version of another store equals none.
    assert.ok(Number.isNaN(change?.expect[0]?.sequence))
  })
})
