import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, plainLook, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { endSessionOf, faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

describe('logins at a provider that is away', requires(missingChromium()), () => {
  const on = inBrowser((site) => site.provider.stop())

  for (const look of looks) {
    test(`say that the provider does not answer (${look.device}, ${look.colorScheme})`, async () => {
      const { page, close } = await visit(on.browser, look)
      await page.goto(`${on.site.origin}/ui/login?next=/places`)
      await page.getByRole('button', { name: 'Log in with your organisation' }).click()
      await page.getByText('The login service does not answer').waitFor()
      await page.getByText('Whoever is logged in already is not affected.').waitFor()
      assert.deepEqual(await faultsOn(page), [])
      await takePicture(page, 'provider-down', look)
      await close()
    })
  }

  test('leave the other ways to log in', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    await close()
  })
})

describe('logins that go wrong on the page', requires(missingChromium()), () => {
  const on = inBrowser()

  test('say why the provider let nobody in, and nothing else that the address says', async () => {
    const { page, close } = await visit(on.browser)
    const at = (error: string) =>
      page.goto(
        `${on.site.origin}/ui/callback/jwt?error=${encodeURIComponent(error)}&error_description=call+us+at+555`,
      )
    await at('access_denied')
    await page.getByText('you, or somebody for you, said no').waitFor()
    await takePicture(page, 'provider-refused', plainLook)
    await at('temporarily_unavailable')
    await page.getByText('out of order for a while').waitFor()
    for (const hostile of ['<img src=x onerror=alert(1)>', 'constructor', 'call us at 555']) {
      await at(hostile)
      await page.getByText('It gave no reason that can be shown here.').waitFor()
      assert.equal(await page.getByText('555').count(), 0)
    }
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('that nobody began are not finished, and lead back to the login', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/callback/jwt?code=abc&state=def`)
    await page.getByText('this browser has begun no login').waitFor()
    await page.goto(`${on.site.origin}/ui/callback/jwt`)
    await page.getByText('no login led here').waitFor()
    await page.getByRole('link', { name: 'Back to the login' }).click()
    await page.getByRole('button', { name: 'Log in with your organisation' }).waitFor()
    await close()
  })

  test('that are given up at the provider still know where they were to lead', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/places`)
    await page.getByRole('button', { name: 'Log in with your organisation' }).click()
    await page.getByRole('button', { name: 'Alice' }).waitFor()
    await page.goto(`${on.site.origin}/ui/callback/jwt?error=access_denied`)
    await page.getByRole('link', { name: 'Back to the login' }).click()
    await page.getByRole('button', { name: 'Log in with your organisation' }).click()
    await page.getByRole('button', { name: 'Alice' }).click()
    await page.getByRole('heading', { name: 'All places' }).waitFor()
    await close()
  })

  const typeHalf = async (page: Page, name: string) => {
    await logInAs(page, on.site, 'Alice', '/ui/space?new=secret')
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('textbox', { name: 'Value of password' }).fill('kept in memory')
    await endSessionOf(page, on.site)
    await page.getByRole('button', { name: 'Save' }).click()
    return page.getByRole('dialog', { name: 'Your session has ended' })
  }
  const typedIn = (page: Page) => page.getByRole('textbox', { name: 'Value of password' })

  test('at a provider in a second tab give back what was typed in the first', async () => {
    const { page, close } = await visit(on.browser)
    const dialog = await typeHalf(page, 'half')
    assert.deepEqual(await faultsOn(page), [])
    await takePicture(page, 'session-ended', plainLook)
    const opened = page.context().waitForEvent('page')
    await dialog.getByRole('button', { name: 'Log in with your organisation' }).click()
    const tab = await opened
    await tab.getByRole('heading', { name: 'You are logged in' }).waitFor()
    assert.deepEqual(await faultsOn(tab), [])
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(await typedIn(page).inputValue(), 'kept in memory')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('half is stored.').waitFor()
    const token = await on.site.tokenFor('alice')
    const kept = dataOf(await on.site.server.ask('read', `secrets/users/${idOf('alice')}/half`, { token }))
    assert.equal(JSON.stringify(kept), '{"password":"kept in memory"}')
    await close()
  })

  test('in a tab that the browser blocks can be opened by a link', async () => {
    const { page, close } = await visit(on.browser)
    await page.addInitScript('window.open = () => null')
    const dialog = await typeHalf(page, 'blocked')
    await dialog.getByRole('button', { name: 'Log in with your organisation' }).click()
    await dialog.getByText('Your browser kept the new tab from opening.').waitFor()
    const opened = page.context().waitForEvent('page')
    await dialog.getByRole('link', { name: 'Open the login in a new tab' }).click()
    const tab = await opened
    await tab.getByRole('button', { name: 'Log in with your organisation' }).click()
    await tab.getByRole('heading', { name: 'You are logged in' }).waitFor()
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(await typedIn(page).inputValue(), 'kept in memory')
    await close()
  })

  test('by somebody else close what was open', async () => {
    const { page, close } = await visit(on.browser)
    const dialog = await typeHalf(page, 'mine')
    // The provider does not know any more who was here.
    await page.context().clearCookies()
    const opened = page.context().waitForEvent('page')
    await dialog.getByRole('button', { name: 'Log in with your organisation' }).click()
    const tab = await opened
    await tab.getByRole('button', { name: 'Bob' }).click()
    await tab.getByRole('heading', { name: 'You are logged in' }).waitFor()
    await page.getByText('Somebody else logged in. What was open has been closed.').waitFor()
    await page.getByRole('textbox', { name: 'Value of password' }).waitFor()
    assert.equal(await typedIn(page).inputValue(), '')
    await close()
  })
})
