import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { client } from '../../src/http/testing/client.ts'
import { ownPage } from '../support/page.ts'
import { startDevServer, startTlsServer } from '../support/server.ts'

async function askOf(t: TestContext, server: Awaited<ReturnType<typeof startDevServer>>) {
  t.after(() => server.stop())
  const ca = server.caFile === undefined ? undefined : await readFile(server.caFile, 'utf8')
  return client(t, server.address, ca)
}

describe('the web page of the program', () => {
  test('is there with its sessions, or says how to build it', async (t) => {
    const call = await askOf(t, await startDevServer())
    const page = await call('/ui/')
    assert.match(
      page.body,
      page.status === 200 ? /^<!doctype html>/i : /^The page is not built; .*npm run web:build\n$/,
    )
    const session = await call('/ui/session', { headers: ownPage })
    assert.deepEqual([session.status, session.body], [200, '{"session":null}\n'])
    const begun = await call('/ui/session', { method: 'POST', headers: ownPage, body: '{"token":"root"}' })
    assert.deepEqual(JSON.parse(begun.body).session.policies, ['root'])
    const [cookie = ''] = begun.headers['set-cookie']?.[0]?.split(';') ?? []
    const looked = await call('/v1/auth/token/lookup-self', { headers: { ...ownPage, cookie } })
    const { id, policies } = JSON.parse(looked.body).data
    assert.deepEqual([id, policies], ['', ['root']], 'the word alone is no token')
  })

  test('says that the server is not initialised', async (t) => {
    const call = await askOf(t, await startTlsServer({ initialise: false }))
    const { status, body } = await call('/ui/session', { headers: ownPage })
    assert.deepEqual([status, body], [503, '{"errors":["Vault is sealed: it is not initialized yet"]}\n'])
  })

  test('is not there with ui = false, and neither are sessions', async (t) => {
    const call = await askOf(t, await startTlsServer({ configuration: 'ui = false' }))
    for (const path of ['/ui/', '/ui/session', '/ui/session/extend']) {
      const { status, body } = await call(path, { headers: ownPage })
      assert.deepEqual([status, body], [404, '{"errors":[]}\n'], path)
    }
  })
})
