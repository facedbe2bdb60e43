import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { program, startTlsServer } from '../support/server.ts'

const run = promisify(execFile)

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-refused-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What a command that is refused says. */
async function refusal(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { PATH = '' } = process.env
  const failed = await run(program, args, { env: { PATH, ...env }, timeout: 20_000 }).then(
    ({ stdout }) => assert.fail(`it was not refused: ${stdout}`),
    (error: { code?: unknown; stderr?: unknown }) => error,
  )
  assert.notEqual(failed.code, null, 'it went on until it was ended')
  return String(failed.stderr)
}

type Places = { readonly store: string; readonly keys: string; readonly log?: string }

/** What a server says that does not start with its data, its key and its audit log at places below a folder. */
async function refusedStart(folder: string, { store, keys, log }: Places): Promise<string> {
  const audit = `audit "file" "main" {
  options { file_path = "${folder}/${log}" }
}`
  const configuration = `storage "sqlite" { path = "${folder}/${store}" }
seal "static" { key_folder = "${folder}/${keys}" }
${log === undefined ? '' : audit}
listener "tcp" {
  address     = "127.0.0.1:1"
  tls_disable = true
}`
  await writeFile(join(folder, 'coffer.hcl'), configuration)
  return refusal(['server', `-config=${folder}/coffer.hcl`], { HOME: folder })
}

describe('a server', { timeout: 60_000 }, () => {
  it('whose key would lie with its data does not start, and writes nothing', async (t) => {
    const folder = await folderFor(t)
    await mkdir(join(folder, 'data'))
    await symlink(join(folder, 'data'), join(folder, 'link'))
    for (const keys of ['data', 'data/keys', 'link/keys']) {
      const said = await refusedStart(folder, { store: 'data/store', keys })
      assert.match(said, /the seal key must lie outside of the data folder/)
      assert.equal(existsSync(join(folder, 'data', 'store')), false)
    }
  })

  it('whose audit log would lie with its data or its key does not start, and writes nothing', async (t) => {
    const folder = await folderFor(t)
    await mkdir(join(folder, 'data'))
    await symlink(join(folder, 'data'), join(folder, 'link'))
    for (const log of ['data/audit.log', 'data/logs/audit.log', 'link/audit.log', 'keys/audit.log']) {
      const said = await refusedStart(folder, { store: 'data/store', keys: 'keys', log })
      assert.match(
        said,
        new RegExp(`audit "file" "main": .*/${log} lies in .*: choose a file_path in another`),
      )
      assert.deepEqual(await readdir(join(folder, 'data')), [])
    }
  })

  it('knows where its data lies also when only a link to the store is named', async (t) => {
    const folder = await folderFor(t)
    for (const name of ['data', 'named']) await mkdir(join(folder, name))
    await writeFile(join(folder, 'data', 'store'), '')
    await symlink(join(folder, 'data', 'store'), join(folder, 'named', 'store'))
    for (const [keys, log, text] of [
      ['data/keys', 'audit.log', /the seal key must lie outside of the data folder/],
      ['keys', 'data/audit.log', /data\/audit\.log lies in .*: choose a file_path in another/],
    ] as const) {
      assert.match(await refusedStart(folder, { store: 'named/store', keys, log }), text)
      assert.deepEqual(await readdir(join(folder, 'data')), ['store'])
    }
  })

  it('that is not initialised tells how that is done, and not how to unseal it', async (t) => {
    const server = await startTlsServer({ initialise: false })
    t.after(() => server.stop())
    const env = { HOME: server.folder, VAULT_ADDR: server.address, VAULT_CACERT: server.caFile ?? '' }
    for (const args of [
      ['login', 'some'],
      ['kv', 'get', 'secrets/a'],
      ['secrets', 'list'],
    ]) {
      const said = await refusal(args, { ...env, VAULT_TOKEN: 'some' })
      assert.match(said, /not initialized/)
      assert.match(said, /Initialise it with: coffer operator init$/m)
      assert.doesNotMatch(said, /unseal/i)
    }
  })
})
