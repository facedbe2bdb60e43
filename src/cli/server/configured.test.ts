import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { groupNames } from '../../auth/jwt/groups/names.ts'
import { fakeIo } from '../testing/fake-io.ts'
import { configuredOptions } from './configured.ts'

/** The options of a file with a client for the web page, whose secret lies in a file. */
function optionsOf(t: TestContext, top: string, browser: string) {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-configured-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'the secret\n')
  const text = `${top}
storage "inmem" {}
listener "tcp" { tls_disable = true }
spaces "egi" {
  profile         = "egi"
  bound_audiences = ["a"]
  browser {
    client_id          = "page"
    client_secret_file = "${secret}"
    ${browser}
  }
}`
  return configuredOptions('coffer.hcl', undefined, fakeIo({ home: folder, env: {} }), text)
}

describe('the client of spaces for the web page', () => {
  test('comes back to where clients reach the server, unless origins are named', (t) => {
    const browserOf = (...parts: [string, string]) => optionsOf(t, ...parts).settings.spaces[0]?.browser
    assert.deepEqual(browserOf('api_addr = "https://secrets.example.org:8200/x"', ''), {
      label: 'EGI Check-in',
      clientId: 'page',
      clientSecret: 'the secret',
      scopes: ['profile', 'email', 'voperson_id', 'eduperson_entitlement'],
      origins: ['https://secrets.example.org:8200'],
    })
    const named = browserOf('api_addr = "https://inside:8200"', 'origins = ["https://secrets.example.org"]')
    assert.deepEqual(named?.origins, ['https://secrets.example.org'])
    for (const top of ['', 'api_addr = "http://secrets.example.org:8200"']) {
      assert.throws(() => browserOf(top, ''), {
        code: 'invalid_config',
        message: /spaces "egi", browser: set origins, or an api_addr that begins with https:/,
      })
    }
  })

  test('is refused where its secret cannot be read', (t) => {
    const top = 'api_addr = "https://secrets.example.org"'
    assert.throws(() => optionsOf(t, top, 'client_secret_file = "/none"'), { code: 'invalid_config' })
  })
})

describe('the groups of a VO', () => {
  test('have the names that entitlements give them, however they are spelled', (t) => {
    const vos = ['vo.example.org', 'VO (Bé):sub', 'VO%20%28B%c3%a9%29:sub', '50%'].map(
      (group, i) => `vo "v${i}" {
    group      = "${group}"
    write_role = "vm operator"
  }`,
    )
    const [spaces] = optionsOf(
      t,
      'api_addr = "https://secrets.example.org"',
      `}
  group_namespaces = ["URN:MACE:egi.eu"]
  ${vos.join('\n  ')}
  vo "last" {`,
    ).settings.spaces
    const rules = { namespaces: spaces?.entitlementNamespaces ?? [], authorities: [] }
    const asserted = (group: string) =>
      groupNames([`urn:mace:egi.eu:group:${group}:role=vm%20operator#aai.egi.eu`], rules).names
    const groups = ['vo.example.org', 'VO%20(B%C3%A9):sub', 'VO%20%28B%c3%a9%29:sub', '50%25']
    for (const [i, group] of groups.entries()) {
      assert.deepEqual([spaces?.vos[i]?.readers, spaces?.vos[i]?.writers], asserted(group), group)
    }
  })
})

describe('the web page', () => {
  test('is served unless ui says otherwise', (t) => {
    const top = 'api_addr = "https://secrets.example.org"'
    assert.equal(optionsOf(t, top, '').ui, true)
    assert.equal(optionsOf(t, `${top}\nui = false`, '').ui, false)
  })
})
