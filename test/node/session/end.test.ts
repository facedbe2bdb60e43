import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { tokenOf } from '../../support/node.ts'
import {
  addPeople,
  browserAt,
  loginOf,
  type PageBrowser,
  sessionCookie,
  sessionIn,
  startPage,
} from '../../support/page.ts'

async function start(t: TestContext) {
  const server = await startPage(t)
  await addPeople(server, 'alice', 'bob')
  const policy = 'path "auth/token/create" { capabilities = ["update"] }'
  await server.ask('write', 'sys/policies/acl/maker', { fields: { policy } })
  await server.ask('write', 'auth/userpass/users/alice', { fields: { token_policies: ['maker'] } })
  const logIn = async (name: string, browser?: PageBrowser) => {
    const used = browser ?? (await server.browser())
    const view = sessionIn(await used.ask('POST', '/ui/session', { body: loginOf(name) }))
    return { browser: used, accessor: view?.accessor ?? '' }
  }
  const isAlive = async (accessor: string) => {
    const fields = { accessor }
    return !((await server.ask('write', 'auth/token/lookup-accessor', { fields })) instanceof Error)
  }
  /** Rows about sessions. */
  const rows = async () => (await server.store.scan('ns/root/session/', { limit: 100 })).rows.length
  return { server, logIn, isAlive, rows }
}

const counts = async (browser: PageBrowser) =>
  (await browser.ask('GET', '/v1/auth/token/lookup-self')).status === 200

/** Another browser with the cookies that this one has now. */
async function copied(t: TestContext, server: Parameters<typeof browserAt>[1], { jar }: PageBrowser) {
  const other = await browserAt(t, server)
  for (const [name, value] of jar) other.jar.set(name, value)
  return other
}

describe('a login where there is a session already', () => {
  test('has a new id, and ends the session and the token of before', async (t) => {
    const { server, logIn, isAlive } = await start(t)
    const planted = 'A'.repeat(43)
    const browser = await server.browser()
    browser.jar.set(sessionCookie, planted)
    const first = await logIn('alice', browser)
    const id = browser.jar.get(sessionCookie)
    assert.notEqual(id, planted, 'an id that somebody planted is not taken')
    const before = await copied(t, server.node, browser)

    const second = await logIn('bob', browser)
    assert.notEqual(browser.jar.get(sessionCookie), id)
    assert.equal(await counts(before), false)
    assert.deepEqual([await isAlive(first.accessor), await isAlive(second.accessor)], [false, true])
    assert.equal(await counts(browser), true)
  })

  test('leaves a token alone that somebody else may have, or that the new one descends from', async (t) => {
    const { server, isAlive } = await start(t)
    const browser = await server.browser()
    const begin = async (token: string) =>
      sessionIn(await browser.ask('POST', '/ui/session', { body: { token } }))?.accessor ?? ''
    const parent = tokenOf(await server.ask('write', 'auth/token/create', {}))
    const known = await begin(parent)
    const child = await begin(tokenOf(await server.ask('write', 'auth/token/create', { token: parent })))
    assert.deepEqual([await isAlive(known), await isAlive(child)], [true, true])

    await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    const login = sessionIn(await browser.ask('GET', '/ui/session'))?.accessor ?? ''
    const made = await browser.ask('POST', '/v1/auth/token/create', { body: {} })
    const below = (made.json.auth as { client_token: string }).client_token
    const own = await begin(below)
    assert.deepEqual([await isAlive(login), await isAlive(own)], [true, true])
  })

  test('that fails leaves it as it was', async (t) => {
    const { logIn } = await start(t)
    const { browser } = await logIn('alice')
    const wrong = { login: { path: 'auth/userpass/login/bob', data: { password: 'wrong' } } }
    assert.equal((await browser.ask('POST', '/ui/session', { body: wrong })).status, 400)
    assert.equal(await counts(browser), true)
  })
})

describe('the end of a session', () => {
  test('takes the token and what it made along', async (t) => {
    const { logIn, server, isAlive } = await start(t)
    const { browser, accessor } = await logIn('alice')
    const made = await browser.ask('POST', '/v1/auth/token/create', { body: {} })
    const child = (made.json.auth as { accessor: string }).accessor
    const before = await copied(t, server.node, browser)
    const ended = await browser.ask('DELETE', '/ui/session')
    assert.deepEqual(
      [ended.status, ended.text, ended.cookies],
      [204, '', [`${sessionCookie}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`]],
    )
    assert.equal(await counts(before), false)
    assert.deepEqual([await isAlive(accessor), await isAlive(child)], [false, false])
    assert.equal((await browser.ask('DELETE', '/ui/session')).status, 204, 'and can be asked for again')
  })

  test('everywhere ends all sessions of the same person, and nobody else’s', async (t) => {
    const { logIn, isAlive } = await start(t)
    const others = [await logIn('alice'), await logIn('alice'), await logIn('alice')]
    const here = await logIn('alice')
    const bob = await logIn('bob')
    const plain = await logIn('alice')
    await plain.browser.ask('DELETE', '/ui/session')
    for (const { browser } of others) assert.equal(await counts(browser), true, 'one end ends one')
    assert.equal((await here.browser.ask('DELETE', '/ui/session?everywhere=true')).status, 204)
    for (const { browser, accessor } of others) {
      assert.deepEqual([await counts(browser), await isAlive(accessor)], [false, false])
    }
    assert.equal(await isAlive(here.accessor), false)
    assert.equal(await counts(bob.browser), true)
  })

  for (const from of ['what was merged', 'what it was merged into']) {
    test(`everywhere, from ${from}, ends those that began before entities became one`, async (t) => {
      const { server, logIn } = await start(t)
      await server.ask('write', 'sys/auth/other', { fields: { type: 'userpass' } })
      const data = { password: 'password of alice' }
      await server.ask('write', 'auth/other/users/alice', { fields: data })
      const merged = await server.browser()
      const login = { path: 'auth/other/login/alice', data }
      const before = sessionIn(await merged.ask('POST', '/ui/session', { body: { login } }))
      const { browser } = await logIn('alice')
      const own = sessionIn(await browser.ask('GET', '/ui/session'))
      const fields = { from_entity_ids: [before?.entity_id ?? ''], to_entity_id: own?.entity_id ?? '' }
      await server.ask('write', 'identity/entity/merge', { fields })
      const all = [merged, browser, (await logIn('alice')).browser]
      for (const one of all) assert.equal(await counts(one), true)
      const here = from === 'what was merged' ? merged : browser
      assert.equal((await here.ask('DELETE', '/ui/session?everywhere=true')).status, 204)
      for (const one of all) assert.equal(await counts(one), false)
    })
  }

  test('comes also for a token that may not end itself', async (t) => {
    const { server, isAlive } = await start(t)
    await server.ask('write', 'sys/policies/acl/none', {
      fields: { policy: 'path "x" { capabilities = ["read"] }' },
    })
    const fields = { policies: ['none'], no_default_policy: true }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    const browser = await server.browser()
    const session = sessionIn(await browser.ask('POST', '/ui/session', { body: { token } }))
    assert.deepEqual(session?.policies, ['none'])
    assert.deepEqual(sessionIn(await browser.ask('GET', '/ui/session')), session)
    assert.equal((await browser.ask('DELETE', '/ui/session')).status, 204)
    assert.equal(await isAlive(session?.accessor ?? ''), false)
  })

  test('comes with that of its token, and leaves no row', async (t) => {
    const { server, logIn, rows } = await start(t)
    const { browser, accessor } = await logIn('alice')
    const revoked = await logIn('bob')
    await server.ask('write', 'auth/token/revoke-accessor', { fields: { accessor: revoked.accessor } })
    assert.equal(await counts(revoked.browser), false)
    assert.equal(sessionIn(await revoked.browser.ask('GET', '/ui/session')), null)
    assert.equal((await revoked.browser.ask('POST', '/ui/session/extend')).status, 403)

    assert.equal(await rows(), 6)
    server.clock.advance(3_599_000)
    assert.equal(await counts(browser), true)
    server.clock.advance(1_000)
    assert.equal(await counts(browser), false)
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session')), null)
    server.clock.advance(120_000)
    for (let i = 0; i < 4 && (await rows()) > 0; i++) {
      server.clock.advance(30_000)
      await server.node.tend()
    }
    assert.equal(await rows(), 0)
    const gone = await browser.ask('GET', '/ui/session')
    assert.equal(gone.cookies.length, 1, 'the cookie is taken back')
    assert.equal(
      (await server.ask('write', 'auth/token/lookup-accessor', { fields: { accessor } })) instanceof Error,
      true,
    )
  })

  test('of a token without an end lasts a working day, and the token goes on', async (t) => {
    const { server, rows } = await start(t)
    const browser = await server.browser()
    await browser.ask('POST', '/ui/session', { body: { token: server.root } })
    await server.node.tend()
    server.clock.advance(43_199_000)
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session'))?.ttl, 1)
    assert.equal(await counts(browser), true)
    server.clock.advance(1_000)
    assert.equal(await counts(browser), false)
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session')), null)
    assert.equal((await browser.ask('POST', '/ui/session/extend')).status, 403)
    await server.node.tend()
    assert.equal(await rows(), 0)
    assert.equal((await server.ask('read', 'auth/token/lookup-self')) instanceof Error, false)
  })

  test('of a batch token, which leaves nothing, is swept by its time', async (t) => {
    const { server, rows } = await start(t)
    const fields = { type: 'batch', ttl: '10m', policies: ['default'] }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    const browser = await server.browser()
    const begin = () => browser.ask('POST', '/ui/session', { body: { token } })
    const session = sessionIn(await begin())
    assert.deepEqual([session?.type, session?.ttl, session?.renewable], ['batch', 600, false])
    const before = await copied(t, server.node, browser)
    assert.equal((await browser.ask('DELETE', '/ui/session')).status, 204)
    assert.equal(await counts(before), false, 'the token goes on, the session does not')
    assert.equal(await rows(), 0)
    await begin()
    assert.equal(await rows(), 3)
    server.clock.advance(599_000)
    await server.node.tend()
    assert.equal(await rows(), 3)
    server.clock.advance(30_000)
    assert.equal(await counts(browser), false)
    await server.node.tend()
    assert.equal(await rows(), 0)
  })
})

describe('a session that is extended', () => {
  test('lasts as long as its token may', async (t) => {
    const { server, logIn } = await start(t)
    const { browser } = await logIn('alice')
    server.clock.advance(1_800_000)
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session'))?.ttl, 1800)
    const extended = await browser.ask('POST', '/ui/session/extend')
    assert.equal(sessionIn(extended)?.ttl, 3600)
    assert.deepEqual(extended.cookies, [])
    server.clock.advance(3_599_000)
    assert.equal(await counts(browser), true)
  })

  test('is refused where the token cannot be renewed, or there is none', async (t) => {
    const { server } = await start(t)
    const browser = await server.browser()
    assert.equal((await browser.ask('POST', '/ui/session/extend')).status, 403)
    const endless = sessionIn(await browser.ask('POST', '/ui/session', { body: { token: server.root } }))
    assert.deepEqual([endless?.ttl, endless?.renewable], [43_200, false])
    const refused = await browser.ask('POST', '/ui/session/extend')
    assert.deepEqual([refused.status, refused.json], [400, { errors: ['lease is not renewable'] }])
  })
})

describe('every node', () => {
  test('serves every session, and none that was ended elsewhere', async (t) => {
    const { server, logIn } = await start(t)
    const second = await server.another()
    t.after(() => second.node.stop())
    const { browser } = await logIn('alice')
    const there = await copied(t, second.node, browser)
    assert.equal(await counts(there), true)
    assert.equal((await there.ask('DELETE', '/ui/session')).status, 204)
    assert.equal(await counts(browser), false)
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session')), null)
  })
})

describe('a sealed server', () => {
  test('says so, and serves the sessions of before when it is unsealed', async (t) => {
    const { server, logIn } = await start(t)
    const { browser } = await logIn('alice')
    await server.node.keeper.seal()
    for (const [method, path] of [
      ['GET', '/ui/session'],
      ['DELETE', '/ui/session'],
      ['POST', '/ui/session/extend'],
      ['GET', '/v1/cubbyhole/x'],
    ] as const) {
      const { status, json } = await browser.ask(method, path)
      assert.deepEqual([status, json], [503, { errors: ['Vault is sealed'] }], path)
    }
    const login = await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    assert.equal(login.status, 503)
    const fresh = await server.browser()
    assert.equal((await fresh.ask('GET', '/ui/session')).status, 503)
    assert.equal((await browser.ask('GET', '/v1/sys/seal-status')).status, 200)
    await server.node.keeper.unseal(server.unsealKey)
    assert.equal(await counts(browser), true)
  })
})
