import 'reflect-metadata'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { type ClientOptions, createClient } from './client.ts'
import type { ClientError } from './error.ts'

describe('client over TLS', () => {
  let cert = ''
  let address = ''
  let server: https.Server

  before(async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const made = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=test',
      keys,
      signingAlgorithm: algorithm,
      notAfter: new Date(Date.now() + 3_600_000),
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'vault.example.org' }])],
    })
    cert = made.toString('pem')
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`
    server = https.createServer({ key, cert }, (_request, response) => response.end('{"data":{"a":"b"}}'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}` // listens on TCP
  })
  after(() => server.close().closeAllConnections())

  const readWith = async (options: ClientOptions) => {
    const client = createClient({ address, retries: 0, ...options })
    return client
      .read('x')
      .then((answer) => answer?.data)
      .catch((error: ClientError) => error.message)
      .finally(() => client.close())
  }

  it('refuses a certificate of an unknown authority', async () => {
    assert.match(String(await readWith({})), /authority that is not trusted/)
  })

  it('refuses a certificate for another name', async () => {
    assert.match(String(await readWith({ caCert: cert })), /is for another name/)
  })

  it('trusts the given authority for the given name', async () => {
    assert.deepEqual(await readWith({ caCert: cert, serverName: 'vault.example.org' }), { a: 'b' })
  })

  it('checks nothing when told so', async () => {
    assert.deepEqual(await readWith({ skipVerify: true }), { a: 'b' })
  })
})
