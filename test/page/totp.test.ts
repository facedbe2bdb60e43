import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { addressOfKey, algorithms, readTotp, usualSettings } from '../../web/src/parts/secret/totp/totp.ts'

/** "12345678901234567890" and its longer siblings, of the examples of RFC 6238. */
const keys = {
  SHA1: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  SHA256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  SHA512:
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
}
const examples = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1234567890, '89005924', '91819424', '93441116'],
  [20000000000, '65353130', '77737706', '47863826'],
] as const

const totpOf = (address: string | undefined) => {
  const read = readTotp(address ?? '')
  return 'totp' in read ? read.totp : assert.fail(read.fault)
}
const faultOf = (address: string) => {
  const read = readTotp(address)
  return 'fault' in read ? read.fault : undefined
}

describe('one-time codes', () => {
  test('are those of RFC 6238, of each algorithm', () => {
    for (const [seconds, ...codes] of examples) {
      algorithms.forEach((algorithm, i) => {
        const address = `otpauth://totp/a?secret=${keys[algorithm]}&algorithm=${algorithm}&digits=8`
        assert.equal(totpOf(address).codeAt(seconds * 1000), codes[i])
      })
    }
  })

  test('take digits and period from the address, and 6 and 30 without', () => {
    const plain = totpOf(`otpauth://totp/Example:alice?secret=${keys.SHA1}&issuer=Example`)
    assert.deepEqual(
      [plain.codeAt(59_000), plain.period, plain.issuer, plain.account],
      ['287082', 30, 'Example', 'alice'],
    )
    assert.equal(totpOf(`otpauth://totp/a?secret=${keys.SHA1}&period=60`).codeAt(119_000), '287082')
    assert.equal(totpOf(`OTPAUTH://TOTP/a?secret=${keys.SHA1.toLowerCase()}`).codeAt(59_000), '287082')
  })

  test('are of a key as sites write it, with the settings', () => {
    const spaced = ' gezd gnbv-gy3t QOJQ gezd gnbv gy3t qojq=== '
    assert.equal(totpOf(addressOfKey(spaced, 'mail', usualSettings)).codeAt(59_000), '287082')
    for (const algorithm of algorithms) {
      for (const digits of [6, 7, 8]) {
        for (const period of [15, 30, 60]) {
          const made = totpOf(addressOfKey(keys[algorithm], 'db/production', { algorithm, digits, period }))
          assert.equal(made.codeAt(0).length, digits)
          assert.equal(made.period, period)
          assert.equal(made.account, 'db/production')
        }
      }
    }
  })

  test('are not made of a key that is none or was cut', () => {
    for (const key of ['', 'A', 'AAA', 'AAAAAA', 'AB1', 'AB8=', 'AAAA0', 'ÄÖ', 'A'.repeat(3000)]) {
      assert.equal(addressOfKey(key, 'a', usualSettings), undefined, key)
    }
  })

  test('say what keeps an address from making them', () => {
    const secret = `secret=${keys.SHA1}`
    for (const [address, fault] of [
      [`https://example.org/?${secret}`, 'address'],
      [`otpauth://totp/?${secret}`, 'address'],
      [`otpauth://totp/%?${secret}`, 'address'],
      [`otpauth://steam/a?${secret}`, 'address'],
      [`otpauth://totp/a?${secret}&algorithm=MD5`, 'address'],
      [`otpauth://totp/a?${secret}&x=${'y'.repeat(2000)}`, 'address'],
      [`otpauth://hotp/a?${secret}&counter=1`, 'counter'],
      ['otpauth://totp/a?issuer=b', 'secret'],
      ['otpauth://totp/a?secret=01', 'secret'],
      ['otpauth://totp/a?secret=AAA', 'secret'],
      [`otpauth://totp/a?${secret}&digits=4`, 'settings'],
      [`otpauth://totp/a?${secret}&digits=400`, 'settings'],
      [`otpauth://totp/a?${secret}&period=99999`, 'settings'],
    ] as const) {
      assert.equal(faultOf(address), fault, address)
    }
  })

  test('are never more than codes, whatever the address and the name', () => {
    const part = fc.string({ unit: 'grapheme', maxLength: 30 })
    fc.assert(
      fc.property(part, part, part, (path, name, value) => {
        readTotp(`otpauth://totp/${path}?secret=${keys.SHA1}&${name}=${value}`)
        const made = totpOf(addressOfKey(keys.SHA1, path, usualSettings))
        assert.match(made.codeAt(0), /^\d{6}$/)
      }),
    )
  })
})
