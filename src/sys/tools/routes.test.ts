import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'
import type { JsonObject } from '../../base/json/json.ts'

type Test = Parameters<typeof tokenMethod>[0]

async function start(t: Test) {
  const method = await tokenMethod(t)
  const tool = (path: string, fields: JsonObject = {}, token = method.server.root) =>
    method.server.ask('write', `sys/tools/${path}`, { token, fields })
  return { ...method, tool }
}

describe('sys/tools/hash', () => {
  const text = Buffer.from('the text')
  const input = text.toString('base64')

  it('hashes by each algorithm, named in the path or in a field', async (t) => {
    const { tool } = await start(t)
    for (const size of [224, 256, 384, 512]) {
      for (const [algorithm, name] of [
        [`sha2-${size}`, `sha${size}`],
        [`sha3-${size}`, `sha3-${size}`],
      ] as const) {
        const sum = createHash(name).update(text).digest('hex')
        assert.deepEqual(dataOf(await tool('hash', { input, algorithm })), { sum }, algorithm)
        assert.deepEqual(dataOf(await tool(`hash/${algorithm}`, { input })), { sum }, algorithm)
      }
    }
  })

  it('is SHA2-256 in hex unless said otherwise, of nothing too', async (t) => {
    const { tool } = await start(t)
    const sum = createHash('sha256').update(text).digest()
    assert.deepEqual(dataOf(await tool('hash', { input })), { sum: sum.toString('hex') })
    assert.deepEqual(dataOf(await tool('hash', { input, format: 'base64' })), {
      sum: sum.toString('base64'),
    })
    assert.deepEqual(dataOf(await tool('hash')), { sum: createHash('sha256').digest('hex') })
  })

  it('refuses names that it does not know and what is no base64', async (t) => {
    const { tool } = await start(t)
    for (const algorithm of ['md5', 'sha256', 'constructor', '__proto__', '']) {
      refused(await tool('hash', { input, algorithm }), `unsupported algorithm ${algorithm}`)
    }
    refused(await tool('hash/md5', { input }), 'unsupported algorithm md5')
    const long = 'x'.repeat(1_000)
    refused(await tool('hash', { input, algorithm: long }), `unsupported algorithm ${long.slice(0, 40)}`)
    for (const wrong of ['%', 'YQ=a', 'Y'])
      refused(
        await tool('hash', { input: wrong }),
        /^unable to decode input as base64: illegal base64 data at input byte \d$/,
      )
    for (const format of ['utf8', 'HEX', '']) {
      refused(await tool('hash', { input, format }), /^unsupported encoding format/)
    }
    refused(await tool('hash', { input: ['YQ=='] }), /input/)
  })

  it('is for everybody with the policy default, and for nobody without a token', async (t) => {
    const { tool, create } = await start(t)
    const token = await create({ policies: ['default'] })
    assert.equal(codeOf(await tool('hash', { input }, token)), undefined)
    assert.equal(codeOf(await tool('hash/sha2-512', { input }, token)), undefined)
    assert.equal(codeOf(await tool('hash', { input }, '')), 'permission_denied')
  })
})

describe('sys/tools/random', () => {
  const bytesOf = (reply: Parameters<typeof dataOf>[0], format: 'base64' | 'hex' = 'base64') =>
    Buffer.from(String(dataOf(reply).random_bytes), format)

  it('gives 32 bytes in base64, or as many as the path or the field says, in hex when asked', async (t) => {
    const { tool } = await start(t)
    assert.equal(bytesOf(await tool('random')).length, 32)
    assert.equal(bytesOf(await tool('random/7')).length, 7)
    assert.equal(bytesOf(await tool('random/all/9')).length, 9)
    assert.equal(bytesOf(await tool('random', { bytes: 131_072 })).length, 131_072)
    const hex = await tool('random', { bytes: 5, format: 'hex' })
    assert.match(String(dataOf(hex).random_bytes), /^[0-9a-f]{10}$/)
    assert.equal(bytesOf(hex, 'hex').length, 5)
    assert.notDeepEqual(bytesOf(await tool('random')), bytesOf(await tool('random')))
  })

  it('takes how many bytes and from where in its path, and nothing else there', async (t) => {
    const { tool } = await start(t)
    assert.equal(bytesOf(await tool('random', { bytes: 7 })).length, 7)
    assert.equal(bytesOf(await tool('random/5')).length, 5)
    assert.equal(bytesOf(await tool('random/platform')).length, 32)
    for (const path of ['x', '0', '-1', '1.5', 'nowhere/5', 'platform/x', '999999999']) {
      assert.equal(codeOf(await tool(`random/${path}`)), 'invalid_request', path)
    }
  })

  it('refuses sizes that are none or too much', async (t) => {
    const { tool } = await start(t)
    for (const bytes of [0, -1]) refused(await tool('random', { bytes }), '"bytes" cannot be less than 1')
    for (const path of [
      'random/0',
      'random/-1',
      'random/1.5',
      'random/Infinity',
      'random/1e3',
      'random/all/0x10',
    ]) {
      refused(await tool(path), '"bytes" cannot be less than 1')
    }
    refused(await tool('random', { bytes: 131_073 }), '"bytes" cannot be more than 131072')
    refused(await tool('random/131073'), '"bytes" cannot be more than 131072')
    refused(await tool('random', { bytes: 'many' }), /bytes/)
    refused(await tool('random', { format: 'utf8' }), /^unsupported encoding format utf8/)
  })

  it('needs a policy that says so', async (t) => {
    const { tool, create, withPolicy } = await start(t)
    assert.equal(codeOf(await tool('random', {}, '')), 'permission_denied')
    assert.equal(codeOf(await tool('random', {}, await create({ policies: ['default'] }))), 'policy_denied')
    const token = await withPolicy('path "sys/tools/random" { capabilities = ["update"] }')
    assert.equal(codeOf(await tool('random', {}, token)), undefined)
  })
})
