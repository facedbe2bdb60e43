import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../base/json/json.ts'
import { fieldReader } from '../routes/fields.ts'
import {
  blankTokenSettings,
  olderTokenFields,
  shownTokenSettings,
  tokenFields,
  writtenTokenSettings,
} from './token-settings.ts'

const reader = fieldReader({ ...tokenFields, ...olderTokenFields })
const write = async (sent: JsonObject, before = blankTokenSettings) =>
  writtenTokenSettings((await reader.read(sent)).values, before)
const refused = (sent: JsonObject, message: string | RegExp, before = blankTokenSettings) =>
  assert.rejects(() => write(sent, before), { code: 'invalid_request', message })

describe('the token settings of a role', () => {
  it('have the defaults that clients expect', async () => {
    assert.deepEqual(shownTokenSettings(await write({})), {
      token_bound_cidrs: [],
      token_explicit_max_ttl: 0,
      token_max_ttl: 0,
      token_no_default_policy: false,
      token_num_uses: 0,
      token_period: 0,
      token_policies: [],
      token_ttl: 0,
      token_type: 'default',
    })
  })
  it('keep what is not sent', async () => {
    const before = await write({ token_ttl: '5m', token_policies: 'a,b', token_bound_cidrs: ['127.0.0.1/8'] })
    const after = await write({ token_ttl: 360 }, before)
    assert.deepEqual(after, { ...before, ttl: 360 })
    assert.deepEqual(after.policies, ['a', 'b'])
    assert.deepEqual((await write({ token_policies: [] }, before)).policies, [])
  })
  it('are taken by their older names too, and the newer name wins', async () => {
    const sent = { policies: ['old'], ttl: '5m', max_ttl: 600, period: 0, num_uses: 2, bound_cidrs: '::1' }
    assert.deepEqual(await write(sent), {
      ...blankTokenSettings,
      policies: ['old'],
      ttl: 300,
      maxTtl: 600,
      numUses: 2,
      boundCidrs: ['::1'],
    })
    assert.equal((await write({ ttl: 1, token_ttl: 2 })).ttl, 2)
  })
  it('are refused when they are out of bounds', async () => {
    await refused(
      { token_ttl: -5 },
      /^error converting input for field "token_ttl": cannot provide negative value/,
    )
    await refused({ period: '-1h' }, /"token_period": cannot provide negative value '-1h0m0s'/)
    await refused({ token_num_uses: -1 }, "'token_num_uses' cannot be negative")
    await refused({ token_type: 'odd' }, 'invalid \'token_type\' value "odd"')
    await refused({ token_type: 'default-service' }, 'invalid \'token_type\' value "default-service"')
  })
  it('are refused when they do not go together', async () => {
    await refused(
      { token_ttl: '2h', token_max_ttl: '1h' },
      "'token_ttl' cannot be greater than 'token_max_ttl'",
    )
    await refused(
      { token_type: 'batch', token_num_uses: 3 },
      /set to generate tokens with limited use count$/,
    )
    await refused(
      { token_period: 3 },
      /set to generate periodic tokens$/,
      await write({ token_type: 'batch' }),
    )
  })
  it('bind to addresses and networks, and to nothing that only resembles one', async () => {
    const good = ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0']
    assert.deepEqual((await write({ token_bound_cidrs: good })).boundCidrs, good)
    for (const bad of [
      'odd',
      '10.1',
      '0x7f.0.0.1',
      '10.0.0.0/33',
      '1.2.3.4/',
      'fd00::/129',
      '010.0.0.1',
      '1.2.3.4/8/8',
      '*',
      '10.0.0.0/8 x',
    ]) {
      await refused({ token_bound_cidrs: [bad] }, /^error parsing address/)
    }
  })
})
