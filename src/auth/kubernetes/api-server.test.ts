import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type HostileProvider, startHostileProvider } from '../../demo/provider/hostile.ts'
import { annotationsOf, labelsOf, reviewToken } from './api-server.ts'
import type { KubernetesConfig } from './record.ts'

describe('an API server that hangs', () => {
  let hostile: HostileProvider
  before(async () => {
    hostile = await startHostileProvider()
  })
  after(() => hostile?.stop())

  it('is waited for a bounded time', async () => {
    const config: KubernetesConfig = {
      host: hostile.url,
      ca: '',
      reviewerToken: '',
      publicKeys: [],
      jwks: '',
      issuer: '',
      checksIssuer: false,
      ignoresPod: true,
      annotations: false,
      keysAlone: false,
    }
    const server = { config, bearer: 'b', ca: undefined, timeout: 50 }
    const paths = [
      '/apis/authentication.k8s.io/v1/tokenreviews',
      '/api/v1/namespaces/ns',
      '/api/v1/namespaces/ns/serviceaccounts/n',
    ]
    for (const kind of [{ kind: 'hang' }, { kind: 'stall', body: '{' }] as const) {
      for (const path of paths) hostile.answer(path, kind)
      const late = { code: 'provider_failed', message: /did not answer in time/ }
      await assert.rejects(reviewToken(server, 't', []), late)
      await assert.rejects(labelsOf(server, 'ns'), late)
      await assert.rejects(annotationsOf(server, { name: 'n', namespace: 'ns', uid: 'u' }), late)
    }
  })
})
