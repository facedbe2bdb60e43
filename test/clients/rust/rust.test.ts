import { join } from 'node:path'
import { describe, test } from 'node:test'
import { requires } from '../../support/requires.ts'
import { passOn } from '../report.ts'
import { builtFolder, missingClient, runClient } from '../run.ts'
import { serveClients } from '../server.ts'

describe('the Rust client vaultrs, over TLS', requires(missingClient('rust')), () => {
  test('what its documentation shows', async (t) => {
    const program = join(builtFolder('rust'), 'debug', 'coffer-clients')
    await passOn(t, 'vaultrs', await runClient(program, [], await serveClients(t)))
  })
})
