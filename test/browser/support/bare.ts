import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Seal } from '../../../src/barrier/seals/seal.ts'
import { shamirSeal } from '../../../src/barrier/seals/shamir.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { systemRandom } from '../../../src/base/random.ts'
import { type Node, startNode } from '../../../src/core/node/node.ts'
import { standardTtl } from '../../../src/core/server.ts'
import { startHttp } from '../../../src/http/server.ts'
import { ensureLocalCertificate } from '../../../src/http/tls/local.ts'
import { openSqlite } from '../../../src/storage/sqlite/store.ts'
import { freePort } from '../../support/ports.ts'
import { builtPage } from './built.ts'

/** A server over TLS with its page, on a store in which nothing is yet. */
export type BareSite = {
  /** Without a slash at its end. */
  readonly origin: string
  readonly node: Node
  stop(): Promise<void>
}

/** @param seal made for the folder of the server; of shares without it */
export async function startBareSite(
  seal: (folder: string) => Seal = () => shamirSeal(systemRandom),
): Promise<BareSite> {
  const pageFolder = builtPage()
  const folder = await mkdtemp(join(tmpdir(), 'coffer-bare-'))
  await ensureLocalCertificate(folder, [], Date.now())
  const port = await freePort()
  const store = await openSqlite({ path: ':memory:' })
  const node = await startNode({
    store,
    seat: { node: 'n1', process: 0 },
    storageType: 'inmem',
    seal: seal(folder),
    clock: systemClock(),
    random: systemRandom,
    systemTtl: standardTtl,
    dataFolders: [],
    auditFolder: folder,
    spaces: [],
    audit: [],
    report: () => {},
  })
  const http = await startHttp({
    listeners: [{ host: '127.0.0.1', port, tls: { certificate: { kind: 'local', folder } } }],
    handler: node.handler,
    ...node.web,
    pageFolder,
  })
  return {
    origin: `https://127.0.0.1:${port}`,
    node,
    async stop() {
      await http.stop(0)
      await node.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
