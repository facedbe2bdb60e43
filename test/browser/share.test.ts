import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { missingChromium, openChromium } from './support/chromium.ts'
import { type Site, startSite } from './support/site.ts'
import { logInAs, logInAsGuest, visit } from './support/visit.ts'

describe('sharing', requires(missingChromium()), () => {
  let site: Site
  let browser: Browser
  before(async () => {
    site = await startSite()
    browser = await openChromium()
    await site.write('team/data/shared', { data: { user: 'alice', password: 'correct horse' } })
  })
  after(async () => {
    await browser?.close()
    await site?.stop()
  })

  /** A link with a text in it. */
  async function linkWith(page: Page, text: string): Promise<string> {
    await page.getByRole('link', { name: 'Share', exact: true }).click()
    await page.getByRole('textbox', { name: 'Text' }).fill(text)
    await page.getByRole('button', { name: 'Make the link' }).click()
    return page.getByRole('textbox', { name: 'One-time link' }).inputValue()
  }

  test('a text once, with whoever is not logged in', async () => {
    const { page, close } = await visit(browser)
    await logInAsGuest(page, site)
    const url = await linkWith(page, 'the door code is 4711')
    assert.match(url, new RegExp(`^${site.origin}/ui/open#[\\w.-]+$`))
    await page.getByText(/ends in 23 hours|ends tomorrow/).waitFor()
    await page.getByRole('button', { name: 'Copy the link' }).click()
    await page.getByText(/The clipboard is cleared in/).waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), url)
    await page.getByRole('button', { name: 'Share something else' }).click()
    await page.getByRole('textbox', { name: 'Text' }).waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Text' }).inputValue(), '')

    const other = await visit(browser)
    const asked: string[] = []
    other.page.on('request', (request) => asked.push(request.url()))
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).waitFor()
    await other.page.reload()
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByRole('button', { name: 'Show text' }).click()
    await other.page.getByText('the door code is 4711').waitFor()
    const token = new URL(url).hash.slice(1)
    assert.ok(!asked.some((one) => one.replace(/#.*/, '').includes(token)), 'no request names the token')
    await other.page.reload()
    await other.page.getByText('This link does not open any more').waitFor()
    await other.close()
    await close()
  })

  test('says when somebody else was quicker, and when the time has passed', async () => {
    const { page, close } = await visit(browser)
    await logInAsGuest(page, site)
    const url = await linkWith(page, 'one of two')
    const other = await visit(browser)
    await other.page.clock.install()
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).waitFor()
    await page.goto(url)
    await page.getByRole('button', { name: 'Open it now' }).click()
    await page.getByRole('button', { name: 'Show text' }).waitFor()
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByText('This link has been opened meanwhile').waitFor()
    await other.close()

    const short = await site.server.ask('write', 'sys/wrapping/wrap', { fields: { a: 'b' }, wrapTtl: 60 })
    assert.ok('wrap' in short && short.wrap)
    const late = await visit(browser)
    await late.page.clock.install()
    await late.page.goto(`${site.origin}/ui/open#${short.wrap.token}`)
    await late.page.getByText(/It ends in/).waitFor()
    await site.server.ask('write', 'auth/token/revoke-accessor', {
      fields: { accessor: short.wrap.accessor },
    })
    await late.page.clock.fastForward(61_000)
    await late.page.getByRole('button', { name: 'Open it now' }).click()
    await late.page.getByText('This link has expired').waitFor()
    await late.close()
    await close()
  })

  test('links that are cut, or a login, are told apart', async () => {
    const { page, close } = await visit(browser)
    await page.goto(`${site.origin}/ui/open`)
    await page.getByText('This link is not whole').waitFor()
    const login = await site.server.ask('write', 'auth/token/create', {
      fields: { policies: ['team'] },
      wrapTtl: 300,
    })
    assert.ok('wrap' in login && login.wrap)
    await page.goto(`${site.origin}/ui/open#${login.wrap.token}`)
    await page.getByText('This is a login').waitFor()
    await page.getByRole('link', { name: 'To the login' }).click()
    await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    await close()
  })

  test('chosen fields of a secret, and the session of whoever opens them stays as it is', async () => {
    const { page, close } = await visit(browser)
    await logInAsGuest(page, site, '/ui/places/at?at=team/&secret=shared')
    await page.getByRole('button', { name: 'Share shared' }).click()
    const dialog = page.getByRole('dialog', { name: 'Share shared' })
    await dialog.getByRole('checkbox', { name: 'user' }).uncheck()
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const url = await dialog.getByRole('textbox', { name: 'One-time link' }).inputValue()
    await page.keyboard.press('Escape')
    assert.ok(await dialog.isVisible(), 'what is shown once does not go by accident')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'hidden' })

    const other = await visit(browser)
    await logInAs(other.page, site, 'Bob')
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByRole('button', { name: 'Show password' }).click()
    await other.page.getByText('correct horse').waitFor()
    assert.equal(await other.page.getByRole('button', { name: 'Show user' }).count(), 0)
    await other.page.goto(`${site.origin}/ui/space`)
    await other.page.getByRole('heading', { name: 'My space' }).waitFor()
    await other.close()
    await close()
  })
})
