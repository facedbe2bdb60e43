import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

const space = `secrets/users/${idOf('alice')}`
const shared = 'secrets/vos/vo.example.org/db'
const hostile = '<img src=x onerror=alert(1)>\u202Etxt.exe'

/** How much wider than its place the content is. */
const overflow =
  'document.querySelector("#content").scrollWidth - document.querySelector("#content").clientWidth'

describe('what somebody did lately, on the page', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    const token = await site.tokenFor('alice')
    const ask = (verb: 'read' | 'write' | 'delete', path: string, address = '192.0.2.1') =>
      site.server.ask(verb, path, { token, address, ...(verb === 'write' && { fields: { v: 'x' } }) })
    await ask('write', `${space}/cloud/mail`)
    await ask('read', `${space}/cloud/mail`, '198.51.100.7')
    await ask('read', `${space}/cloud/mail`, '198.51.100.7')
    await ask('write', shared)
    await ask('write', `${space}/${hostile}`)
    await ask('delete', `${space}/${hostile}`)
    const made = await site.server.ask('write', 'auth/token/create', {
      token,
      fields: { policies: ['default'], num_uses: 5, ttl: '1h' },
    })
    const locker = { token: tokenOf(made), address: '203.0.113.5' }
    await site.server.ask('write', 'cubbyhole/for-the-job', { ...locker, fields: { v: 'x' } })
  })

  const today = (page: Page) => page.getByRole('region', { name: 'Today' }).getByRole('listitem')
  const openTheSpace = async (reason: string) => {
    await on.site.write('sys/spaces/open', { space, reason })
    await on.site.server.ask('read', `${space}/cloud/mail`, { address: '192.0.2.66' })
  }

  test('is listed by day, the newest first, with what, when, from where and how often', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/activity')
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor()
    await today(page).first().waitFor()
    const texts = await today(page).allTextContents()
    assert.match(texts[0] ?? '', /^Created cubbyhole\/for-the-job ?by a locker of yoursfrom 203\.0\.113\.5/)
    const mail = texts.filter((text) => text.includes('cloud/mail'))
    assert.match(mail[0] ?? '', /^Read cloud\/mailfrom 198\.51\.100\.72 times since \d{1,2}:\d\d/)
    assert.match(mail[1] ?? '', /^Created cloud\/mailfrom 192\.0\.2\.1/)
    await close()
  })

  test('leads to the secrets, in one’s space and in shared folders', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/activity')
    await page.getByRole('link', { name: 'cloud/mail' }).first().click()
    await page.waitForURL(/\/ui\/space\?folder=cloud%2F&secret=mail$/)
    await page.getByRole('button', { name: 'Show v' }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: shared }).click()
    await page.waitForURL(/\/ui\/vos\/vo\.example\.org\?secret=db$/)
    await page.getByRole('button', { name: 'Show v' }).waitFor()
    await close()
  })

  test('shows hostile names as they are', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/activity')
    const names = page.getByRole('link', { name: hostile }).locator('bdi')
    await names.nth(1).waitFor()
    assert.deepEqual(await names.allTextContents(), [hostile, hostile])
    await close()
  })

  test('can be told apart from what others did, by keyboard as well', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Bob')
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor()
    await page.getByRole('heading', { name: 'Nothing yet' }).waitFor()
    await page.getByRole('radio', { name: 'All' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'Nobody else was here' }).waitFor()
    assert.match(page.url(), /show=others$/)
    await close()
  })

  test('is no person’s where the login is no person’s', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/login`)
    await page.getByText('Token', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Token' }).fill(on.site.server.root)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('heading', { name: 'This login belongs to no person' }).waitFor()
    await close()
  })

  test('says what is missing where one may not ask, and what to do when the server is away', async () => {
    await on.site.write('sys/policies/acl/narrow', {
      policy: 'path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }',
    })
    const narrow = { token_policies: 'narrow', token_no_default_policy: true }
    await on.site.write('auth/userpass/users/short', { password: 'short', ...narrow })
    const { page, close } = await visit(on.browser)
    let asked = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/sys/usage/recent')) asked++
    })
    await logInAsGuest(page, on.site, '/ui/activity', 'short')
    await page.getByRole('heading', { name: 'You may not do this' }).waitFor()
    await page.getByText('Missing: read on sys/usage/recent').waitFor()
    // Time enough for the page to see that the session goes on.
    for (const _ of [1, 2, 3]) await page.evaluate(`fetch('/v1/sys/health').then(({ status }) => status)`)
    assert.equal(asked, 1)
    await page.route('**/v1/sys/usage/recent', (route) => route.abort())
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'The server cannot be reached' }).waitFor()
    await close()
  })

  test('emergency access is marked: after the login, in activity, and on the secret', async () => {
    await openTheSpace('she left the project')
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    const notice = page.getByRole('alert').filter({ hasText: 'An administrator opened your space' })
    await notice.getByText('Reason given: she left the project').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await notice.getByRole('link', { name: 'See what was done' }).click()
    await page.waitForURL(/\/ui\/activity\?show=others$/)
    const marked = today(page).filter({ hasText: 'Emergency access' })
    assert.match(
      (await marked.nth(0).textContent()) ?? '',
      /^Read cloud\/mailEmergency access.*192\.0\.2\.66/,
    )
    assert.match((await marked.nth(1).textContent()) ?? '', /opened your space until .*she left the project/)
    await notice.getByRole('button', { name: 'Understood' }).click()
    await notice.waitFor({ state: 'detached' })
    await page.reload()
    await marked.first().waitFor()
    assert.equal(await notice.count(), 0)

    await page.getByRole('link', { name: 'cloud/mail' }).first().click()
    const mark = page.getByRole('alert').filter({ hasText: 'root used this secret by emergency access' })
    await mark.waitFor()
    await page.getByText('Use', { exact: true }).click()
    const people = page.getByRole('list', { name: 'Who used it last' }).getByRole('listitem')
    const admin = people.filter({ hasText: 'Emergency access' })
    assert.match(
      (await admin.textContent()) ?? '',
      /^rootEmergency accessRead once, .*Last from 192\.0\.2\.66$/,
    )
    assert.doesNotMatch((await people.filter({ hasText: /^You/ }).textContent()) ?? '', /Emergency/)
    await close()
  })

  test('another opening is told of anew, and other people are told of none', async () => {
    await openTheSpace('once more')
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Bob')
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('heading', { name: 'Nothing yet' }).waitFor()
    assert.equal(await page.getByRole('alert').count(), 0)
    await close()
    const alice = await visit(on.browser)
    await logInAs(alice.page, on.site, 'Alice')
    await alice.page.getByText('Reason given: once more').waitFor()
    await alice.close()
  })

  for (const look of looks) {
    test(`has nothing that keeps people out: ${look.colorScheme}, ${look.device}`, async () => {
      const { page, close } = await visit(on.browser, look)
      await logInAs(page, on.site, 'Alice', '/ui/activity')
      await today(page).first().waitFor()
      assert.deepEqual(await faultsOn(page), [])
      assert.equal(await page.evaluate(overflow), 0)
      await takePicture(page, 'activity', look)
      await close()
    })
  }
})
