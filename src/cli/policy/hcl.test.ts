import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatHcl } from './hcl.ts'
import { tokenize } from './tokens.ts'

const given = `

# first
path "a/*" { # why
capabilities=["read",
"list"]


    // limits
  min_wrapping_ttl = "1s"
  max="2s" /* two */
    allowed_parameters = { "x"=[]
 "long \\"key\\"" = ["{", "#"] }
}
path "b" {capabilities=["deny"]}
text = <<EOT
  kept  as it is
EOT
empty = {}
`

const expected = `# first
path "a/*" { # why
  capabilities = ["read",
    "list"]

  // limits
  min_wrapping_ttl = "1s"
  max              = "2s" /* two */
  allowed_parameters = { "x" = []
    "long \\"key\\"" = ["{", "#"] }
}
path "b" { capabilities = ["deny"] }
text = <<EOT
  kept  as it is
EOT
empty = {}
`

describe('laying out a policy', () => {
  it('indents, aligns and spaces it', () => {
    assert.equal(formatHcl(given), expected)
  })

  it('changes nothing the second time', () => {
    assert.equal(formatHcl(expected), expected)
  })

  it('lays out JSON as JSON', () => {
    assert.equal(
      formatHcl(' {"path":{"a":{"n":1.50}}}'),
      '{\n  "path": {\n    "a": {\n      "n": 1.50\n    }\n  }\n}\n',
    )
  })

  it('leaves nothing of nothing', () => {
    assert.equal(formatHcl(' \n\n'), '')
  })

  it('names the line of what is wrong', () => {
    const wrong = {
      'a {\nb {\n}': /line 1: "\{" is not closed/,
      'a\n}': /line 2: "\}" closes nothing/,
      'a = [1}': /line 1: "\}" closes nothing/,
      'a\nb = "x\n"': /line 2: the string is not closed/,
      'a\n\n/* b': /line 3: the comment is not closed/,
      'a = <<X\n b': /line 1: the text that ends with X is not closed/,
      'a < b': /line 1: "<" is not expected here/,
    }
    for (const [text, message] of Object.entries(wrong)) assert.throws(() => formatHcl(text), message)
  })

  it('changes white space alone, and settles at once', () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '\t',
      'a',
      'path',
      '"x y"',
      '=',
      ',',
      '# c\n',
      '/* d */',
      '1',
      '{ b = 1 }',
      '[1, 2]',
      '{\n',
      '}\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = `x ${pieces.join(' ')}`
        let once: string
        try {
          once = formatHcl(text)
        } catch {
          return // not balanced
        }
        const meaning = (source: string) =>
          tokenize(source).flatMap((token) => (token.kind === 'newline' ? [] : [token.text]))
        assert.deepEqual(meaning(once), meaning(text))
        assert.equal(formatHcl(once), once)
      }),
      { numRuns: 500 },
    )
  })
})
