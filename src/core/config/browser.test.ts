import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from './config.ts'

const base = 'storage "inmem" {}\nlistener "tcp" { tls_disable = true }\n'
const minimal = 'issuer = "https://idp" person_claim = "sub" bound_audiences = ["a"]'
const spaces = (keys: string) =>
  parseConfig(`${base}spaces "egi" { ${keys} }`, { file: 'coffer.hcl' }).config.spaces[0]

describe('spaces in the configuration', () => {
  it('may have a client for the web page, which comes back to origins alone', () => {
    const client = 'client_id = "page" client_secret_file = "/s"'
    const browserOf = (keys: string) => spaces(`${minimal} browser { ${keys} }`)?.browser
    assert.deepEqual(browserOf(client), {
      label: undefined,
      clientId: 'page',
      clientSecretFile: '/s',
      scopes: [],
      origins: [],
    })
    const origins = ['https://a.example', 'https://a.example:8200', 'http://localhost:8200']
    assert.deepEqual(browserOf(`${client} origins = ${JSON.stringify(origins)} scopes = "email"`), {
      label: undefined,
      clientId: 'page',
      clientSecretFile: '/s',
      scopes: ['email'],
      origins,
    })
    assert.deepEqual(spaces(`profile = "egi" bound_audiences = "a" browser { ${client} }`)?.browser?.scopes, [
      'profile',
      'email',
      'voperson_id',
      'eduperson_entitlement',
    ])
    const labelled = (label: string) => browserOf(`${client} label = ${JSON.stringify(label)}`)?.label
    assert.equal(labelled('The institute’s own'), 'The institute’s own')
    for (const label of ['', ' ', 'two\nlines', 'turned\u202eround', 'x'.repeat(81)]) {
      assert.throws(() => labelled(label), { code: 'invalid_config' }, JSON.stringify(label))
    }
    for (const origin of [
      'http://a.example',
      'https://a.example/',
      'https://a.example/ui',
      'https://A.example',
      'https://a.example:443',
      'https://u@a.example',
      'a.example',
      'null',
    ]) {
      assert.throws(
        () => browserOf(`${client} origins = ["${origin}"]`),
        { message: /spaces "egi", browser: origins holds .* which is no origin such as/ },
        origin,
      )
    }
    assert.throws(() => browserOf('client_id = "page"'), { message: /client_secret_file is missing/ })
    assert.throws(() => spaces(`${minimal} browser { ${client} }\nbrowser { ${client} }`), {
      message: 'coffer.hcl: spaces "egi", browser is there twice on line 4, column 1',
    })
  })
})
