import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { growsLinearly } from '../../../test/support/growth.ts'
import { pemBlocks } from './pem.ts'

const block = (label: string, body = '\nAAAA\n') => `-----BEGIN ${label}-----${body}-----END ${label}-----`

describe('the blocks of a PEM text', () => {
  test('are found between other text, with their labels', () => {
    const labels = fc.stringMatching(/^[A-Z0-9][A-Z0-9 ]{0,20}$/)
    const between = fc.stringMatching(/^[a-z\n-]{0,20}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(between, labels)), (parts) => {
        const text = parts.map(([before, label]) => `${before}\n${block(label)}\n`).join('')
        assert.deepEqual(
          pemBlocks(text),
          parts.map(([, label]) => ({ label, text: block(label) })),
        )
      }),
    )
  })

  test('are none that are not closed, or closed under another label', () => {
    for (const text of [
      '',
      '-----BEGIN A-----',
      '-----BEGIN A-----x-----END B-----',
      '-----BEGIN a-----x-----END a-----',
      '-----BEGIN -----x-----END -----',
      '-----END A----------BEGIN A-----',
      '-----BEGIN A-----END A-----',
      block('A'.repeat(65)),
    ]) {
      assert.deepEqual(pemBlocks(text), [], text)
    }
    assert.deepEqual(pemBlocks(`-----BEGIN A-----x-----END B-----${block('C')}`), [
      { label: 'C', text: block('C') },
    ])
  })

  test('are looked for in time in proportion to the text', () => {
    for (const part of [
      '-----BEGIN A-----',
      '-----BEGIN ',
      '-----',
      '-----BEGIN A-----x-----END B-----',
      '-----END A-----',
      block('A'),
    ]) {
      const make = (size: number) => part.repeat(size / part.length)
      assert.ok(growsLinearly(make, pemBlocks, 65_536), part)
      assert.ok(
        growsLinearly((size) => `${make(size / 2)}${' '.repeat(size / 2)}`, pemBlocks, 65_536),
        part,
      )
    }
  })

  test('never lie outside of it, whatever it is', () => {
    const pieces = fc.constantFrom('-----BEGIN ', '-----END ', '-----', 'A', 'B', ' ', '\n')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        let at = 0
        for (const one of pemBlocks(text)) {
          at = text.indexOf(one.text, at)
          assert.ok(at >= 0 && one.text.startsWith(`-----BEGIN ${one.label}-----`))
          assert.ok(one.text.endsWith(`-----END ${one.label}-----`))
          at += one.text.length
        }
      }),
    )
  })
})
