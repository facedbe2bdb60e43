import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CofferError } from '../../base/errors.ts'
import { parseConfig } from './config.ts'

const parse = (keys: string) =>
  parseConfig(`listener "tcp" {}\nstorage "postgres" {\n${keys}\n}`, { file: 'f' })
const read = (keys: string) => parse(`state_folder = "/s"\n${keys}`).config.storage

function refuses(keys: string, message: string): void {
  assert.throws(
    () => parse(`hosts = ["db"]\nstate_folder = "/s"\n${keys}`),
    (error) =>
      error instanceof CofferError && error.code === 'invalid_config' && error.message.includes(message),
    keys,
  )
}

describe('a postgres block of the configuration', () => {
  it('needs the servers and a folder, and has defaults for the rest', () => {
    assert.deepEqual(read('hosts = "db"'), {
      type: 'postgres',
      hosts: [{ host: 'db', port: 5432 }],
      database: 'coffer',
      user: 'coffer',
      schema: 'public',
      password: undefined,
      tls: { caFile: undefined, client: undefined },
      maxConnections: 24,
      stateFolder: '/s',
    })
    assert.throws(() => parse('state_folder = "/s"'), /hosts is missing/)
    assert.throws(() => parse('hosts = ["db"]'), /state_folder is missing/)
  })

  it('names servers in all the ways that there are', () => {
    const storage = read(
      'hosts = ["a.example.org", "b:5433", "192.0.2.1", "::1", "[2001:db8::1]:6000", "/run/pg"]',
    )
    assert.deepEqual(storage.type === 'postgres' && storage.hosts, [
      { host: 'a.example.org', port: 5432 },
      { host: 'b', port: 5433 },
      { host: '192.0.2.1', port: 5432 },
      { host: '::1', port: 5432 },
      { host: '2001:db8::1', port: 6000 },
      { host: '/run/pg', port: 5432 },
    ])
    for (const odd of [
      'a b',
      'a:0',
      'a:65536',
      'a:b',
      '[a]:1',
      'user@a',
      'postgres://a',
      ':1',
      'a,b'.replace(',', ';'),
    ]) {
      assert.throws(() => read(`hosts = [${JSON.stringify(odd)}]`), /which is no server/, odd)
    }
    assert.throws(() => read('hosts = []'), /hosts must name 1 to 16 servers/)
    assert.throws(
      () => read(`hosts = ${JSON.stringify(Array(17).fill('a'))}`),
      /hosts must name 1 to 16 servers/,
    )
  })

  it('has a password from a file or a command', () => {
    const passwordOf = (keys: string) => {
      const storage = read(`hosts = "db"\n${keys}`)
      return storage.type === 'postgres' && storage.password
    }
    assert.deepEqual(passwordOf('password_file = "/p"'), { file: '/p' })
    assert.deepEqual(passwordOf('password_command = ["print", "it"]'), { command: ['print', 'it'] })
    refuses(
      'password_file = "/p"\npassword_command = ["x"]',
      'password_command says nothing together with password_file',
    )
    refuses('password_command = []', 'password_command must name a program')
    refuses('password = "x"', 'unknown key "password"')
    refuses('connection_url = "postgres://u:p@h/d"', 'connection_url is not supported')
  })

  it('trusts an authority, and can log in with a certificate, or goes in clear', () => {
    const tlsOf = (keys: string) => {
      const storage = read(`hosts = "db"\n${keys}`)
      return storage.type === 'postgres' && storage.tls
    }
    assert.deepEqual(tlsOf('tls_ca_file = "/ca"\ntls_cert_file = "/c"\ntls_key_file = "/k"'), {
      caFile: '/ca',
      client: { certFile: '/c', keyFile: '/k' },
    })
    assert.equal(tlsOf('tls_disable = true'), undefined)
    refuses('tls_cert_file = "/c"', 'tls_cert_file needs tls_key_file')
    refuses('tls_key_file = "/k"', 'tls_key_file needs tls_cert_file')
    refuses('tls_disable = true\ntls_ca_file = "/ca"', 'tls_ca_file says nothing together with tls_disable')
    refuses('max_connections = 3', 'max_connections must be at least 4')
  })
})
