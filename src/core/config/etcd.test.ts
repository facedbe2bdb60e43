import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from './config.ts'

const parse = (keys: string) =>
  parseConfig(`listener "tcp" {}\nstorage "etcd" {\n${keys}\n}`, { file: 'coffer.hcl' })
const needed = 'endpoints = ["https://a:2379"]\nstate_folder = "/var/lib/coffer"\n'

describe('the storage "etcd" of the configuration', () => {
  it('has what is usual where it says nothing', () => {
    assert.deepEqual(parse(needed).config.storage, {
      type: 'etcd',
      endpoints: ['https://a:2379'],
      caFile: undefined,
      certFile: undefined,
      keyFile: undefined,
      username: undefined,
      passwordFile: undefined,
      prefix: 'coffer/',
      stateFolder: '/var/lib/coffer',
      timeout: 10,
      compactionRetention: 600,
    })
  })

  it('warns of members elsewhere that are reached without TLS', () => {
    const plain = (address: string) =>
      parse(needed.replace('https://a:2379', address)).warnings.filter((text) => text.includes('without TLS'))
    assert.deepEqual(plain('http://127.0.0.1:2379'), [])
    assert.equal(plain('http://10.0.0.1:2379').length, 1)
  })

  it('refuses what cannot be meant', () => {
    for (const [keys, message] of [
      ['state_folder = "/x"', /endpoints is missing/],
      ['endpoints = ["https://a"]', /state_folder is missing/],
      ['endpoints = []\nstate_folder = "/x"', /between one and 16 members/],
      ['endpoints = ["a:2379"]\nstate_folder = "/x"', /endpoints must hold addresses/],
      ['endpoints = ["https://u:p@a:2379"]\nstate_folder = "/x"', /endpoints must hold addresses/],
      ['endpoints = ["https://a:2379/x"]\nstate_folder = "/x"', /endpoints must hold addresses/],
      [`${needed}tls_cert_file = "/c"`, /belong together/],
      [`${needed}username = "u"`, /belong together/],
      [`${needed}prefix = "coffer"`, /prefix must end in one slash/],
      [`${needed}prefix = "/"`, /prefix must end in one slash/],
      [`${needed}prefix = "/a/"`, /prefix must end in one slash/],
      [`${needed}timeout = "0s"`, /at least a second/],
      [`${needed}compaction_retention = "5s"`, /at least a minute/],
      [`${needed}password = "p"`, /password_file/],
    ] as const) {
      assert.throws(() => parse(keys), { code: 'invalid_config', message }, keys)
    }
  })
})
