import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { client, serve } from '../testing/client.ts'

describe('a page of another site', () => {
  const post = (site?: string) => ({
    method: 'POST',
    body: '{"secret_shares":1,"secret_threshold":1}',
    ...(site === undefined ? {} : { headers: { 'sec-fetch-site': site } }),
  })

  test('initialises no server; its own page and programs do', async (t) => {
    const asked: string[] = []
    const { url } = await serve(t, async ({ path, verb }) => {
      asked.push(`${verb} ${path}`)
      return {}
    })
    const call = client(t, url)
    for (const site of ['cross-site', 'same-site', 'something-new']) {
      for (const path of ['/v1/sys/init', '/v1/sys/init?x=1']) {
        const { status, body } = await call(path, post(site))
        assert.equal(status, 403)
        assert.match(body, /a page of another site may not initialise this server/)
      }
    }
    assert.deepEqual(asked, [])
    for (const site of ['same-origin', 'none', undefined]) {
      assert.equal((await call('/v1/sys/init', post(site))).status, 204)
    }
    assert.equal((await call('/v1/sys/init', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 204)
    assert.deepEqual(asked, ['write sys/init', 'write sys/init', 'write sys/init', 'read sys/init'])
  })
})
