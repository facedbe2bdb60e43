import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingEtcd, startEtcd } from './etcd.ts'
import { missingPostgres, password, startPostgres } from './postgres.ts'

/** A real store that several machines can share. */
export type SharedStore = {
  /** The storage block of another cluster on it, for a server whose files lie in a folder. */
  newStorage(): Promise<(folder: string) => string>
  stop(): Promise<void>
}

/** The kinds of such stores, as configurations name them. */
export const sharedStores: readonly {
  readonly type: 'etcd' | 'postgres'
  /** Why none can be started here, as `requires` wants it. */
  readonly missing: string | undefined
  start(): Promise<SharedStore>
}[] = [
  { type: 'etcd', missing: missingEtcd, start: etcd },
  { type: 'postgres', missing: missingPostgres, start: postgres },
]

async function etcd(): Promise<SharedStore> {
  const cluster = await startEtcd()
  let prefixes = 0
  return {
    async newStorage() {
      const prefix = `cluster${++prefixes}/`
      return (folder) => `storage "etcd" {
  endpoints    = [${cluster.urls.map((url) => `"${url}"`)}]
  prefix       = "${prefix}"
  state_folder = "${join(folder, 'state')}"
}`
    },
    stop: () => cluster.stop(),
  }
}

async function postgres(): Promise<SharedStore> {
  const database = await startPostgres()
  return {
    async newStorage() {
      const schema = await database.newSchema()
      return (folder) => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, 'password'), password, { mode: 0o600 })
        writeFileSync(join(folder, 'ca.pem'), database.ca)
        return `storage "postgres" {
  hosts           = ["127.0.0.1:${database.port}"]
  schema          = "${schema}"
  password_file   = "${join(folder, 'password')}"
  tls_ca_file     = "${join(folder, 'ca.pem')}"
  state_folder    = "${join(folder, 'state')}"
  max_connections = 8
}`
      }
    },
    stop: () => database.dispose(),
  }
}
