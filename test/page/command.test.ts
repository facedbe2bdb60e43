import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Action, type Fields, unsaid } from '../../web/src/parts/command/action.ts'
import { linesOf, type Tool } from '../../web/src/parts/command/lines.ts'
import { isPlain, jsonOf, quoted } from '../../web/src/parts/command/shell.ts'
import { copyAction, rollBackAction, writeAction } from '../../web/src/parts/secret/commands.ts'

const origin = 'https://vault.example.org:8200'
const kv2 = { path: 'team/', version: 2 } as const

/** The lines behind the one that names the server. */
function lines(action: Action, tool: Tool): string {
  const [first, ...others] = linesOf(action, tool, origin).text.split('\n')
  assert.equal(first, `export VAULT_ADDR=${origin}`)
  return others.join('\n')
}

/** What a shell makes of words. */
function read(words: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.join(' ')}`], {
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  return stdout.split('\0').slice(0, -1)
}

/** Whether the shell's own way to spell bytes loses nothing of it: no NUL, no line end at the end. */
const isSpellable = (text: string) =>
  text.isWellFormed() && !text.includes('\0') && (isPlain(text) || !text.endsWith('\n'))

describe('a word of a command', () => {
  test('is to a shell what it was, whatever is in it', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(...'\'"\\$`!~*?[]{}()<>|&;#%=@- \n\t\r\u001b\u202eé😀aZ0'.split('')),
    })
    const text = fc.oneof(nasty, fc.string({ unit: 'binary' })).filter(isSpellable)
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 60 }), (texts) => {
        assert.deepEqual(read(texts.map(quoted)), texts)
      }),
      { numRuns: 10 },
    )
  })

  test('shows no character that a terminal would act upon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.ok(isPlain(quoted(text)))
        const json = jsonOf({ [text]: text })
        assert.ok(isPlain(json))
        assert.deepEqual(JSON.parse(json), { [text]: text })
      }),
    )
  })
})

describe('an action as commands', () => {
  test('is a read with its parameters', () => {
    const action: Action = { request: { method: 'GET', path: 'team/data/my app', query: { version: 2 } } }
    assert.equal(lines(action, 'coffer'), `coffer read 'team/data/my app' version=2`)
    assert.equal(
      lines(action, 'curl'),
      `curl -sS --fail-with-body -H "X-Vault-Token: $VAULT_TOKEN" "$VAULT_ADDR/v1/team/data/my%20app?version=2"`,
    )
  })

  test('is a list page by page, and a deletion', () => {
    const list: Action = { request: { method: 'LIST', path: 'auth/jwt/role', query: { limit: 5 } } }
    assert.equal(lines(list, 'coffer'), 'coffer list -limit=5 auth/jwt/role')
    assert.equal(
      lines(list, 'curl'),
      `curl -sS --fail-with-body -X LIST -H "X-Vault-Token: $VAULT_TOKEN" "$VAULT_ADDR/v1/auth/jwt/role?limit=5"`,
    )
    const gone: Action = { request: { method: 'DELETE', path: 'auth/jwt/role/$(reboot)' } }
    assert.equal(lines(gone, 'coffer'), `coffer delete 'auth/jwt/role/$(reboot)'`)
    assert.match(lines(gone, 'curl'), /-X DELETE .*role\/%24%28reboot%29"$/)
  })

  test('takes fields that are texts as words, and everything else as JSON', () => {
    const write = (path: string, body: Fields): Action => ({
      request: { method: 'POST', path, body },
    })
    assert.equal(
      lines(write('cubbyhole/a', { one: "it's", two: '@home', three: '-' }), 'coffer'),
      `coffer write cubbyhole/a 'one=it'\\''s' 'two=\\@home' 'three=\\-'`,
    )
    // What the server declares is a number whatever it is written as; what somebody stores is not.
    assert.equal(
      lines(write('sys/quotas/rate-limit/a', { rate: 5 }), 'coffer'),
      'coffer write sys/quotas/rate-limit/a rate=5',
    )
    assert.equal(
      lines(write('cubbyhole/a', { rate: 5 }), 'coffer'),
      `coffer write cubbyhole/a - <<'EOF'\n{\n  "rate": 5\n}\nEOF`,
    )
    for (const body of [
      { '-x': 'a' },
      { 'a=b': 'c' },
      { '@a': 'b' },
      { a: '\\@b' },
      { a: '\\-' },
      { a: '\u001b[2J' },
    ]) {
      assert.match(lines(write('cubbyhole/a', body), 'coffer'), /^coffer write cubbyhole\/a - <<'EOF'\n/)
    }
    assert.equal(lines(write('sys/rotate', {}), 'coffer'), 'coffer write -force sys/rotate')
  })

  test('shows nothing that is secret: it is asked for, or filled in', () => {
    const action = writeAction(kv2, 'db', ['user', 'password'], 3)
    assert.equal(lines(action, 'coffer'), 'coffer kv put -cas=3 team/db user=- password=-')
    const { files } = linesOf(action, 'curl', origin)
    assert.match(lines(action, 'curl'), /--data @payload\.json \\\n {2}"\$VAULT_ADDR\/v1\/team\/data\/db"$/)
    assert.deepEqual(
      files.map(({ name }) => name),
      ['payload.json'],
    )
    assert.deepEqual(JSON.parse(files[0]?.text ?? ''), {
      data: { user: '<user>', password: '<password>' },
      options: { cas: 3 },
    })
    const deep: Action = {
      request: { method: 'POST', path: 'sys/x', body: { list: [{ key: unsaid }], many: { a: unsaid } } },
    }
    assert.equal(lines(deep, 'coffer'), 'coffer write sys/x @payload.json')
    assert.deepEqual(JSON.parse(linesOf(deep, 'coffer', origin).files[0]?.text ?? ''), {
      list: [{ key: '<key>' }],
      many: { a: '<a>' },
    })
  })

  test('hands on what one step answers to the next', () => {
    const copy = copyAction(kv2, 'a', { path: 'plain/', version: 1 }, 'b')
    assert.equal(
      lines(copy, 'coffer'),
      'coffer read -format=json team/data/a |\n  jq .data.data |\n  coffer kv put plain/b -',
    )
    assert.match(
      lines(copy, 'curl'),
      /team\/data\/a" \|\n {2}jq \.data\.data \|\n {2}curl .* \\\n {2}--data @- \\\n.*plain\/b"$/s,
    )
    const back = rollBackAction(kv2, 'a', 1, 4)
    assert.equal(lines(back, 'coffer'), 'coffer kv rollback -version=1 team/a')
    assert.match(lines(back, 'curl'), /jq '\{data: \.data\.data, options: \{cas: 4\}\}' \|/)
  })

  test('takes a path that begins like a flag for a path', () => {
    const action: Action = { request: { method: 'GET', path: '-field=x' } }
    assert.equal(lines(action, 'coffer'), 'coffer read -- -field=x')
  })
})
