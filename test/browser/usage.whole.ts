import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

const shared = 'secrets/vos/vo.example.org/db'

describe('who used a secret, on the page', requires(missingChromium()), () => {
  const on = inBrowser()

  const toUsage = (page: Page) => page.getByText('Use', { exact: true }).click()

  test('names who read it, who changed it, when and from where', async () => {
    const token = await on.site.tokenFor('alice')
    await on.site.server.ask('write', shared, { token, fields: { password: 'x' } })
    const bob = await on.site.tokenFor('bob')
    for (const _ of [1, 2]) await on.site.server.ask('read', shared, { token: bob })

    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/vos')
    await page.getByRole('link', { name: /vo\.example\.org/ }).click()
    await page.getByRole('link', { name: 'Secret db' }).click()
    await page.getByRole('button', { name: 'Show password' }).waitFor()
    await toUsage(page)
    const last = (what: string) =>
      page.getByRole('term').filter({ hasText: what }).locator('xpath=following-sibling::dd').textContent()
    const people = page.getByRole('list', { name: 'Who used it last' }).getByRole('listitem')
    await people.filter({ hasText: /^You/ }).waitFor()
    assert.match((await last('Last read')) ?? '', /^You.*from 127\.0\.0\.1$/)
    assert.match((await last('Last changed')) ?? '', /^You/)
    assert.match(
      (await people.filter({ hasText: /^You/ }).textContent()) ?? '',
      /Read once, .*Changed once, /,
    )
    const other = people.filter({ hasText: 'Read 2 times, last' })
    assert.equal(await other.locator('bdi').getAttribute('title'), `jwt-${idOf('bob')}`)
    assert.doesNotMatch((await other.textContent()) ?? '', /Changed/)
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('calls others of the VO by their names, whatever these hold, in one question for all', async () => {
    const alice = await on.site.tokenFor('alice')
    await on.site.server.ask('write', shared, { token: alice, fields: { password: 'x' } })
    const bob = await visit(on.browser)
    await logInAs(bob.page, on.site, 'Bob', '/ui/vos')
    await bob.page.getByRole('link', { name: /vo\.example\.org/ }).click()
    await bob.page.getByRole('link', { name: 'Secret db' }).click()
    await bob.page.getByRole('button', { name: 'Show password' }).waitFor()
    await toUsage(bob.page)
    const list = bob.page.getByRole('list', { name: 'Who used it last' })
    await list.getByText(/^a11ce/).waitFor()

    const hostile = '<b>Alice</b> \u202eExample'
    const token = await on.site.tokenFor('alice')
    const self = dataOf(await on.site.server.ask('read', 'auth/token/lookup-self', { token }))
    await on.site.write(`identity/entity/id/${String(self.entity_id)}`, { metadata: { name: hostile } })
    let questions = 0
    bob.page.on('request', (request) => {
      if (request.url().includes('/sys/internal/ui/people')) questions++
    })
    await bob.page.reload()
    await bob.page.getByRole('button', { name: 'Show password' }).waitFor()
    await toUsage(bob.page)
    await list.getByText(hostile, { exact: true }).waitFor()
    assert.equal(questions, 1)
    await bob.close()
  })

  test('says so where nobody used it, and where one may not know', async () => {
    await on.site.write('team/data/fresh', { data: { a: '1' } })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=fresh')
    const nothing = { reads: 0, writes: 0, since: null, last_read: null, last_write: null, people: [] }
    await page.route('**/v1/sys/usage/**', (route) => route.fulfill({ json: { data: nothing } }))
    await toUsage(page)
    await page.getByRole('heading', { name: 'Nobody has used it yet' }).waitFor()
    await page.unroute('**/v1/sys/usage/**')
    const policy = `path "team/*" { capabilities = ["read", "list"] }
path "sys/usage/*" { capabilities = ["deny"] }`
    await on.site.write('sys/policies/acl/team', { policy })
    await page.reload()
    await page.getByRole('button', { name: 'Show a' }).waitFor()
    await toUsage(page)
    await page.getByRole('heading', { name: /You may not do this/ }).waitFor()
    await close()
  })

  test('the name that the provider gives is who is logged in', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    const account = page.getByRole('button', { name: /^Your session/ })
    await account.getByText('Alice Example', { exact: true }).waitFor()
    await account.click()
    const signedIn = page.getByRole('dialog', { name: /^Your session/ })
    await signedIn.getByText('Alice Example', { exact: true }).waitFor()
    await close()
  })

  test('the name of the entity serves where the login gives none, and nothing is made up', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    const account = page.getByRole('button', { name: /^Your session/ })
    assert.equal(await account.textContent(), 'guest')
    const reading = page.evaluate(
      `fetch('/ui/session', { headers: { 'x-vault-request': 'true' } })
        .then((answer) => answer.json()).then(({ session }) => session.entity_id)`,
    )
    await on.site.write(`identity/entity/id/${String(await reading)}`, {
      metadata: { name: 'Guest of the House' },
    })
    await page.reload()
    await account.getByText('Guest of the House', { exact: true }).waitFor()
    await close()
  })
})
