import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { consoleBlocks, expectedPattern } from './console.ts'

const document = `# Title

<!-- readme-test: start -->
\`\`\`console
$ npm start
ready at …
\`\`\`

<!-- readme-test: skip because it needs a browser -->
\`\`\`console
$ open https://127.0.0.1:8200
\`\`\`

\`\`\`console
$ one \\
> --two
output
$ three
\`\`\`

\`\`\`sh
not tried
\`\`\`
`

describe('the commands of a document', () => {
  test('are those of its console blocks, with what they print', () => {
    assert.deepEqual(consoleBlocks(document), [
      { line: 4, mode: 'start', commands: [{ text: 'npm start', expected: ['ready at …'] }] },
      {
        line: 14,
        mode: 'run',
        commands: [
          { text: 'one \\\n--two', expected: ['output'] },
          { text: 'three', expected: [] },
        ],
      },
    ])
  })

  test('are refused where a block or a comment makes no sense', () => {
    assert.throws(() => consoleBlocks('```console\noutput\n```'), /begins with something else/)
    assert.throws(() => consoleBlocks('```console\n```'), /has no command/)
    assert.throws(() => consoleBlocks('<!-- readme-test: skip -->\n```console\n$ a\n```'), /not understood/)
    assert.throws(
      () => consoleBlocks('<!-- readme-test: start -->\n```console\n$ a\n$ b\n```'),
      /one command/,
    )
  })
})

describe('what a command is shown to print', () => {
  const matches = (expected: readonly string[], output: string): boolean =>
    new RegExp(`^${expectedPattern(expected)}$`).test(output)

  test('is compared line by line', () => {
    assert.ok(matches(['a (b)', 'c.d'], 'a (b)\nc.d\n'))
    assert.ok(!matches(['a', 'b'], 'a\nx\nb\n'))
    assert.ok(!matches(['c.d'], 'cxd\n'))
  })

  test('has … for anything in a line, and for any lines', () => {
    assert.ok(matches(['token …!'], 'token hvs.abc!\n'))
    assert.ok(!matches(['token …!'], 'token hvs.abc\n!\n'))
    assert.ok(matches(['first', '…', 'last'], 'first\nlast\n'))
    assert.ok(matches(['first', '…', 'last'], 'first\n1\n2\nlast\n'))
  })
})
