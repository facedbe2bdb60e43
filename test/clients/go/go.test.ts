import { join } from 'node:path'
import { describe, test } from 'node:test'
import { requires } from '../../support/requires.ts'
import { passOn } from '../report.ts'
import { builtFolder, missingClient, runClient } from '../run.ts'
import { serveClients } from '../server.ts'

describe('the Go clients, over TLS', requires(missingClient('go')), () => {
  for (const [name, of] of [
    ['hashicorp', 'Vault'],
    ['openbao', 'OpenBao'],
  ] as const) {
    test(`the client of ${of}`, async (t) => {
      const variables = await serveClients(t)
      await passOn(t, name, await runClient(join(builtFolder('go'), name), [], variables))
    })
  }
})
