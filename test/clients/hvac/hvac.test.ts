import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { requires } from '../../support/requires.ts'
import { type RunningServer, startTlsServer } from '../../support/server.ts'
import { missingEnvironment } from '../python/python.ts'
import { runUnitTests } from '../python/unittests.ts'

// The environment of the newest fedcloudclient holds the newest hvac.
const environment = 'fedcloudclient-1.4.7'
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const access = (server: RunningServer): Record<string, string> => ({
  VAULT_ADDR: server.address,
  VAULT_TOKEN: server.token,
  VAULT_CACERT: server.caFile ?? '',
})

describe('hvac, the Python client, over TLS', requires(missingEnvironment(environment)), () => {
  let server: RunningServer
  let provider: DemoProvider
  let folder: string
  before(async () => {
    server = await startTlsServer()
    provider = await startProvider({ port: 0, audience: 'coffer' })
    folder = await mkdtemp(join(tmpdir(), 'coffer-hvac-'))
  })
  after(async () => {
    await provider?.stop()
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('KV version 1', (t) => runUnitTests(t, environment, script('kv_v1.py'), access(server)))
  test('KV version 2', (t) => runUnitTests(t, environment, script('kv_v2.py'), access(server)))
  test('tokens', (t) => runUnitTests(t, environment, script('tokens.py'), access(server)))

  test('logins with a password and with AppRole', (t) =>
    runUnitTests(t, environment, script('passwords.py'), access(server)))

  test('system', (t) =>
    runUnitTests(t, environment, script('system.py'), {
      ...access(server),
      AUDIT_FILE: join(folder, 'audit.log'),
    }))

  test('JWT login', async (t) => {
    const hour = 3_600_000
    await runUnitTests(t, environment, script('jwt_login.py'), {
      ...access(server),
      ISSUER: provider.issuer,
      ALICE: await provider.mintAccessToken('alice'),
      ALICE_ID: provider.people.find(({ name }) => name === 'alice')?.vopersonId ?? '',
      OTHER_AUDIENCE: await provider.mintAccessToken('alice', { audience: 'another service' }),
      EXPIRED: await provider.mintAccessToken('alice', { now: Date.now() - 24 * hour }),
    })
  })
})

describe('hvac and a new server', requires(missingEnvironment(environment)), () => {
  let server: RunningServer
  before(async () => {
    server = await startTlsServer({ initialise: false })
  })
  after(() => server?.stop())

  test('initialise, unseal, seal', (t) => runUnitTests(t, environment, script('seal.py'), access(server)))
})
