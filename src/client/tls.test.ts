import 'reflect-metadata'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import {
  type JsonGeneralName,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { type ClientOptions, createClient } from './client.ts'
import type { ClientError } from './error.ts'

async function certificateFor(
  name: JsonGeneralName,
  algorithm: { name: string; namedCurve: string; hash: string },
) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    // Two authorities of one name would be taken for one.
    name: `CN=${name.value}`,
    keys,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [new SubjectAlternativeNameExtension([name])],
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    cert: made.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
  }
}

describe('client over TLS', () => {
  let cert = ''
  let address = ''
  let server: https.Server

  before(async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const made = await certificateFor({ type: 'dns', value: 'vault.example.org' }, algorithm)
    cert = made.cert
    server = https.createServer(made, (_request, response) => response.end('{"data":{"a":"b"}}'))
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

  it('checks the name of each address by itself, and sends nothing to one that has another', async () => {
    let arrived = 0
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const other = await certificateFor({ type: 'ip', value: '127.0.0.1' }, algorithm)
    const good = https.createServer(other, (_request, response) => response.end('{"data":{"from":"good"}}'))
    good.listen(0, '127.0.0.1')
    await once(good, 'listening')
    server.on('request', () => arrived++)
    const { port } = good.address() as AddressInfo // listens on TCP
    try {
      const options = { address: [address, `https://127.0.0.1:${port}`], caCert: [cert, other.cert] }
      assert.deepEqual(await readWith(options), { from: 'good' })
      const client = createClient(options)
      // A write as well: nothing was sent to the first.
      assert.deepEqual((await client.write('x')).data, { from: 'good' })
      client.close()
      assert.equal(arrived, 0)
      const neither = [address, address.replace('127.0.0.1', 'localhost')]
      assert.match(
        String(await readWith({ address: neither, caCert: cert })),
        /none of 2 addresses .*127.0.0.1.* is for another name.*localhost.* is for another name/,
      )
    } finally {
      good.close().closeAllConnections()
    }
  })

  it('checks nothing when told so', async () => {
    assert.deepEqual(await readWith({ skipVerify: true }), { a: 'b' })
  })
})
