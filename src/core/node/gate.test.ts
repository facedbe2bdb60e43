import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApiRequest, Reply, Verb } from '../../backend/message.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import { openRoute } from '../../backend/routes/route.ts'
import type { SealKeeper } from '../../barrier/keeper/keeper.ts'
import { systemClock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { createGate } from './gate.ts'

type State = { readonly kind: ReturnType<SealKeeper['state']>['kind'] }

function gateTo(state: State, logical: () => Promise<Reply>) {
  return createGate({
    keeper: () => ({ state: () => state }),
    clock: systemClock(),
    random: systemRandom,
    open: [],
    whenSealed: [],
    metrics: openRoute({ path: 'sys/metrics', summary: 'Metrics.', answers: {}, operations: {} }),
    logical,
    audit: (_request, _operation, handle) => handle(),
  })
}

const request = (verb: Verb, path: string): ApiRequest => ({
  id: 'a',
  verb,
  path: path as RequestPath,
  fields: {},
  hasBody: false,
  token: undefined,
  wrapTtl: undefined,
  headers: {},
  remote: { address: '127.0.0.1', port: 1 },
})

describe('the gate of a node', () => {
  it('refuses as sealed what has not begun', async () => {
    const gate = gateTo({ kind: 'sealed' }, () => assert.fail('it was carried out'))
    for (const path of ['secret/a', 'sys/mounts']) {
      for (const verb of ['read', 'write', 'delete'] as const) {
        await assert.rejects(gate(request(verb, path)), { code: 'sealed' })
      }
    }
  })

  it('does not say of a write that is sealed under way that nothing was carried out', async () => {
    const gate = gateTo({ kind: 'unsealed' }, async () => fail('sealed'))
    for (const path of ['secret/a', 'sys/mounts/a']) {
      for (const verb of ['write', 'patch', 'delete'] as const) {
        await assert.rejects(gate(request(verb, path)), { code: 'storage_failed', message: /is not known/ })
      }
      await assert.rejects(gate(request('read', path)), { code: 'sealed' })
      await assert.rejects(gate(request('list', path)), { code: 'sealed' })
    }
  })
})
