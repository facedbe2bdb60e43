import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { systemRandom } from '../../../base/random.ts'
import { escapeHtml } from '../../../base/web/html.ts'
import { confirmPage } from './pages.ts'
import { isHashed, nonceHash, rowOf } from './pending.ts'

describe('the state of a login', () => {
  it('names a row below the folder of its own, whatever is sent', () => {
    assert.equal(rowOf(`st_0af_${systemRandom.base62(43)}`), 'oidc/pending/0af')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^st_[0-9a-f]{3}_.{43}$/)), (text) => {
        assert.match(rowOf(text) ?? 'oidc/pending/000', /^oidc\/pending\/[0-9a-f]{3}$/)
      }),
    )
  })
  it('is known by its hash alone', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (one, other) => {
        assert.equal(isHashed(other, nonceHash(one)), one === other)
      }),
    )
  })
})

describe('the page that asks for a confirmation', () => {
  it('shows what it was sent as text alone', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.doesNotMatch(escapeHtml(text), /[<>"']/)
      }),
    )
    const { raw } = confirmPage('"><a>', '<b>', { code: '"><script>' })
    assert.doesNotMatch(String(raw?.body), /<a>|<b><b>|<script>/)
  })
})
