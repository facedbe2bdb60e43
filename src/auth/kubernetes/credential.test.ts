import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { credentialFor } from './credential.ts'
import type { Pod } from './pod.ts'
import type { KubernetesConfig } from './record.ts'

const pod: Pod = { token: async () => 'of the pod', ca: async () => 'ca of the pod' }
const nowhere: Pod = { token: async () => undefined, ca: async () => undefined }
const config: KubernetesConfig = {
  host: 'https://kubernetes.default.svc',
  ca: '',
  reviewerToken: '',
  publicKeys: [],
  jwks: '',
  issuer: '',
  checksIssuer: false,
  ignoresPod: false,
  annotations: false,
  keysAlone: false,
}
const asked = (more: Partial<KubernetesConfig>, where = pod) =>
  credentialFor({ ...config, ...more }, 'of the login', where)

describe('the credential for an API server', () => {
  it('is the token of the pod where its own authority vouches for the server', async () => {
    for (const ca of ['', 'ca of the pod', 'ca of the pod\n']) {
      assert.equal((await asked({ ca })).bearer, 'of the pod')
    }
    assert.equal((await asked({})).ca, 'ca of the pod')
  })

  it('is never the token of the pod for a server that whoever configures it vouches for', async () => {
    assert.deepEqual(await asked({ ca: 'another' }), { bearer: 'of the login', ca: 'another' })
    assert.equal((await asked({ host: 'http://127.0.0.1:1' })).bearer, 'of the login')
    assert.equal((await asked({ ca: 'another', ignoresPod: true })).bearer, 'of the login')
    assert.deepEqual(await asked({}, nowhere), { bearer: 'of the login', ca: undefined })
  })

  it('is that of the reviewer where there is one', async () => {
    for (const ca of ['', 'another']) {
      assert.equal((await asked({ ca, reviewerToken: 'of the reviewer' })).bearer, 'of the reviewer')
    }
  })
})
