import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { missingEtcd, startEtcd } from '../support/etcd.ts'
import { freePort } from '../support/ports.ts'
import { missingPostgres, password, startPostgres } from '../support/postgres.ts'
import { requires } from '../support/requires.ts'
import { startConfigured } from '../support/server.ts'

type Serving = {
  readonly storage: (folder: string) => string
  readonly workers?: number
  /** What lies in its folder, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** A server on a store, sealed, whose metrics are open to everybody. */
async function serving(t: TestContext, { storage, workers = 1, files = {} }: Serving) {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-store-metrics-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const listen = `127.0.0.1:${await freePort()}`
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const file = join(folder, 'coffer.hcl')
  await writeFile(
    file,
    `workers = ${workers}
${storage(folder)}
listener "tcp" {
  address = "${listen}"
  tls_disable = true
  telemetry { unauthenticated_metrics_access = true }
}
`,
  )
  const server = await startConfigured(file, { listen, token: '' })
  t.after(() => server.stop())
  return async () => {
    const answer = await fetch(`${server.address}/v1/sys/metrics?format=prometheus`)
    assert.equal(answer.status, 200)
    return answer.text()
  }
}

describe('metrics of a server', { timeout: 120_000 }, () => {
  it(
    'of two workers hold what its etcd says, and come while etcd does not answer',
    requires(missingEtcd),
    async (t) => {
      const cluster = await startEtcd()
      t.after(() => cluster.stop())
      const scrape = await serving(t, {
        workers: 2,
        storage: (folder) => `storage "etcd" {
  endpoints    = ["${cluster.urls[0]}"]
  state_folder = "${folder}/state"
}`,
      })
      const text = await scrape()
      assert.match(text, /^coffer_etcd_up\{endpoint="1"\} 1$/m)
      assert.match(text, /^coffer_etcd_alarm\{alarm="nospace"\} 0$/m)
      assert.match(text, /^coffer_etcd_database_bytes\{endpoint="1"\} \d+$/m)
      cluster.members[0]?.signal('SIGSTOP')
      t.after(() => cluster.members[0]?.signal('SIGCONT'))
      const ill = /^coffer_etcd_up\{endpoint="1"\} 0$/m
      // What was found a moment ago is shown for a while.
      let last = ''
      for (const until = performance.now() + 60_000; !ill.test(last) && performance.now() < until; ) {
        last = await scrape()
      }
      assert.match(last, ill)
      assert.match(last, /^coffer_unsealed 0$/m)
    },
  )

  it('hold what its PostgreSQL says', requires(missingPostgres), async (t) => {
    const database = await startPostgres()
    t.after(() => database.dispose())
    const schema = await database.newSchema()
    const scrape = await serving(t, {
      storage: (folder) => `storage "postgres" {
  hosts         = ["127.0.0.1:${database.port}"]
  schema        = "${schema}"
  password_file = "${folder}/password"
  tls_ca_file   = "${folder}/ca.pem"
  state_folder  = "${folder}/state"
}`,
      files: { password, 'ca.pem': database.ca },
    })
    const text = await scrape()
    assert.match(text, /^coffer_postgres_up 1$/m)
    assert.match(text, /^coffer_postgres_connections\{state="open"\} [1-9]\d*$/m)
  })
})
