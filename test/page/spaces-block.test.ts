import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseConfig } from '../../src/core/config/config.ts'
import { isBlockName, type ProviderAnswers, spacesBlock } from '../../web/src/parts/set-up/block.ts'

const base = 'storage "inmem" {}\nlistener "tcp" { tls_disable = true }\n'
const read = (answers: ProviderAnswers) =>
  parseConfig(base + spacesBlock(answers), { file: 'coffer.hcl' }).config.spaces[0]

const answers: ProviderAnswers = {
  name: 'people',
  profile: 'other',
  issuer: 'https://idp.example.org',
  personClaim: 'sub',
  groupsClaim: 'groups',
  clientId: 'coffer',
  secretFile: '/etc/coffer/secret',
  origin: 'https://vault.example.org',
  vos: [
    { name: 'vo.example.org', role: 'manager' },
    { name: 'readers', role: '' },
  ],
}

describe('the block that the guide writes', () => {
  it('is what the server reads', () => {
    const spaces = read(answers)
    assert.equal(spaces?.issuer, 'https://idp.example.org')
    assert.deepEqual(spaces?.boundAudiences, ['https://vault.example.org'])
    assert.equal(spaces?.groups?.claim, 'groups')
    assert.deepEqual(spaces?.vos, [
      { name: 'vo.example.org', group: 'vo.example.org', writeRole: 'manager', title: undefined },
      { name: 'readers', group: 'readers', writeRole: undefined, title: undefined },
    ])
    assert.deepEqual(spaces?.browser, {
      label: undefined,
      clientId: 'coffer',
      clientSecretFile: '/etc/coffer/secret',
      scopes: [],
      origins: ['https://vault.example.org'],
    })
  })

  it('has little to say of a provider that is known', () => {
    const spaces = read({ ...answers, profile: 'egi' })
    assert.equal(spaces?.issuer, 'https://aai.egi.eu/auth/realms/egi')
    assert.equal(spaces?.personClaim, 'voperson_id')
  })

  it('says exactly what was typed, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('$\u007bx}', '%{if}', '"', '\\', '$${')),
        (clientId) => {
          assert.equal(read({ ...answers, clientId })?.browser?.clientId, clientId)
        },
      ),
    )
  })

  it('takes as names what the server takes', () => {
    for (const name of ['a', 'vo.access.egi.eu', '_x', 'a-b']) {
      assert.ok(isBlockName(name))
      assert.equal(read({ ...answers, vos: [{ name, role: '' }] })?.vos[0]?.name, name)
    }
    for (const name of ['', '-a', '.a', 'a b', 'a/b', 'ü', 'x'.repeat(129)]) {
      assert.ok(!isBlockName(name), name)
      assert.throws(() => read({ ...answers, vos: [{ name, role: '' }] }))
    }
  })
})
