import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'

const good =
  'length = 12\nrule "charset" { charset = "ab" min-chars = 1 }\nrule "charset" { charset = "01" min-chars = 2 }'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const write = (policy?: string, name = 'p') =>
    server.ask('write', `sys/policies/password/${name}`, { fields: policy === undefined ? {} : { policy } })
  return { server, write }
}

describe('a password policy', () => {
  it('is written, read as it was written, listed and deleted', async (t) => {
    const { server, write } = await start(t)
    assert.equal(codeOf(await server.ask('list', 'sys/policies/password')), 'not_found')
    await write(good)
    await write(Buffer.from(good).toString('base64'), 'Q')
    assert.deepEqual(dataOf(await server.ask('read', 'sys/policies/password/p')), { policy: good })
    assert.deepEqual(dataOf(await server.ask('read', 'sys/policies/password/Q')), { policy: good })
    assert.deepEqual(dataOf(await server.ask('list', 'sys/policies/password')), { keys: ['Q', 'p'] })
    await server.ask('delete', 'sys/policies/password/p')
    for (const path of ['p', 'p/generate']) {
      const gone = await server.ask('read', `sys/policies/password/${path}`)
      assert.equal(codeOf(gone), 'not_found')
      assert.match(String(gone), /policy does not exist/)
    }
  })

  it('makes another password each time, one that meets it', async (t) => {
    const { server, write } = await start(t)
    await write(good)
    const made = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const { password } = dataOf(await server.ask('read', 'sys/policies/password/p/generate'))
      assert.match(String(password), /^(?=.*[ab])(?=.*[01].*[01])[ab01]{12}$/)
      made.add(String(password))
    }
    assert.ok(made.size > 15)
  })

  it('that is wrong or can hardly be met is refused, and nothing of it is stored', async (t) => {
    const { server, write } = await start(t)
    const letters = 'abcdefghijklmnopqrstuvwxyz'
    const wrong: [string | undefined, RegExp][] = [
      [undefined, /missing policy/],
      ['length = 3\nrule "charset" { charset = "ab" }', /length must be from 4 to 100/],
      ['length = 101\nrule "charset" { charset = "ab" }', /length must be from 4 to 100/],
      ['length = 10', /there must be a rule "charset"/],
      ['rule "charset" { charset = "ab" }', /length is missing/],
      ['length = 10\nrule "colour" { charset = "ab" }', /unknown rule "colour" on line 2/],
      ['length = 10\ncolour = 1\nrule "charset" { charset = "ab" }', /unknown key "colour" on line 2/],
      ['length = 10\nlength = 11\nrule "charset" { charset = "ab" }', /"length" is set twice/],
      ['length = 10\nrule "charset" { charset = "" }', /at least one character/],
      ['length = 10\nrule "charset" { charset = "a\\u0000" }', /can be printed/],
      ['length = 4\nrule "charset" { charset = "ab" min-chars = 9 }', /less than the rules ask for/],
      [
        'length = 10\nrule "charset" { charset = "ab" min-chars = 6 }\nrule "charset" { charset = "01" min-chars = 6 }',
        /less than the rules ask for/,
      ],
      [
        `length = 40\nrule "charset" { charset = "${letters}" }\nrule "charset" { charset = "0" min-chars = 30 }`,
        /hardly any/,
      ],
      [`length = 10\n${'rule "charset" { charset = "ab" }\n'.repeat(65)}`, /more than 64 rules/],
      [`length = 10\nrule "charset" { charset = "${'a'.repeat(70_000)}" }`, /longer than/],
      ['{{{', /failed to parse password policy/],
    ]
    for (const [policy, text] of wrong) {
      const reply = await write(policy)
      assert.equal(codeOf(reply), 'invalid_request', policy ?? 'none')
      assert.match(String(reply), text)
    }
    assert.equal(codeOf(await server.ask('read', 'sys/policies/password/p')), 'not_found')
  })

  it('is for those whose policies allow it', async (t) => {
    const { server, write } = await start(t)
    await write(good)
    const policy = 'path "sys/policies/password/p/generate" { capabilities = ["read"] }'
    await server.ask('write', 'sys/policies/acl/maker', { fields: { policy } })
    const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['maker'] } })
    const token = tokenOf(made)
    assert.equal(codeOf(await server.ask('read', 'sys/policies/password/p', { token })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', 'sys/policies/password/p/generate', { token })), undefined)
  })
})
