import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { dataOf, tokenOf } from '../../support/node.ts'
import { addPeople, loginOf, sessionCookie, sessionIn, startPage } from '../../support/page.ts'

async function start(t: TestContext) {
  const server = await startPage(t)
  await addPeople(server, 'alice', 'bob')
  return { server, browser: await server.browser() }
}

describe('a session of the web page', () => {
  test('begins with a login, counts in place of a token, and ends', async (t) => {
    const { server, browser } = await start(t)
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session')), null)
    const begun = await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    const session = sessionIn(begun)
    assert.ok(session !== null)
    const { accessor, entity_id, ...rest } = session
    assert.match(accessor, /^[A-Za-z0-9]{24}$/)
    assert.match(entity_id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, {
      display_name: 'userpass-alice',
      policies: ['default'],
      ttl: 3600,
      renewable: true,
      type: 'service',
      path: 'auth/userpass/login/alice',
      meta: { username: 'alice' },
    })
    assert.deepEqual(begun.cookies, [
      `${sessionCookie}=${browser.jar.get(sessionCookie)}; Path=/; Secure; HttpOnly; SameSite=Strict`,
    ])
    assert.match(browser.jar.get(sessionCookie) ?? '', /^[A-Za-z0-9_-]{43}$/)
    assert.deepEqual(sessionIn(await browser.ask('GET', '/ui/session')), session)

    const own = await browser.ask('POST', '/v1/cubbyhole/x', { body: { a: 'b' } })
    assert.equal(own.status, 204, own.text)
    assert.deepEqual((await browser.ask('GET', '/v1/cubbyhole/x')).json.data, { a: 'b' })

    const stale = new Map(browser.jar)
    const ended = await browser.ask('DELETE', '/ui/session')
    assert.equal(ended.status, 204)
    assert.equal(browser.jar.size, 0)
    for (const [name, value] of stale) browser.jar.set(name, value)
    assert.equal((await browser.ask('GET', '/v1/cubbyhole/x')).status, 403)
    const after = await browser.ask('GET', '/ui/session')
    assert.equal(sessionIn(after), null)
    assert.deepEqual(browser.jar.size, 0, 'a cookie that stands for nothing is taken back')
    const looked = await server.ask('write', 'auth/token/lookup-accessor', { fields: { accessor } })
    assert.match(String(looked), /invalid accessor/, 'the token ended with it')
  })

  test('begins with a token', async (t) => {
    const { server, browser } = await start(t)
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { ttl: '5m' } }))
    const session = sessionIn(await browser.ask('POST', '/ui/session', { body: { token } }))
    assert.equal(
      session?.accessor,
      dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).accessor,
    )
    const wrong = await browser.ask('POST', '/ui/session', { body: { token: 'hvs.none' } })
    assert.deepEqual([wrong.status, wrong.json], [403, { errors: ['permission denied'] }])
    assert.deepEqual(wrong.cookies, [])
  })
})
