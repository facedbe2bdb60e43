import { join } from 'node:path'
import { describe, test } from 'node:test'
import { requires } from '../../support/requires.ts'
import { passOn } from '../report.ts'
import { builtFolder, missingClient, runClient } from '../run.ts'
import { serveClients } from '../server.ts'

describe('the Java clients, over TLS', requires(missingClient('java')), () => {
  for (const [program, name] of [
    ['clients.Spring', 'Spring Vault'],
    ['clients.Driver', 'vault-java-driver'],
  ] as const) {
    test(name, async (t) => {
      const folder = builtFolder('java')
      const path = `${join(folder, 'target', 'classes')}:${join(folder, 'libraries', '*')}`
      await passOn(t, name, await runClient('java', ['-cp', path, program], await serveClients(t)))
    })
  }
})
