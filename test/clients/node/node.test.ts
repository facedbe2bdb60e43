import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { requires } from '../../support/requires.ts'
import { passOn } from '../report.ts'
import { builtFolder, missingClient, runClient } from '../run.ts'
import { serveClients } from '../server.ts'

describe('the JavaScript client node-vault, over TLS', requires(missingClient('node')), () => {
  test('what its documentation shows', async (t) => {
    const variables = { ...(await serveClients(t)), INSTALLED: builtFolder('node') }
    const program = fileURLToPath(new URL('main.mjs', import.meta.url))
    await passOn(t, 'node-vault', await runClient(process.execPath, [program], variables))
  })
})
