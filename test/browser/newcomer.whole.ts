import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { logInAs, phone, visit } from './support/visit.ts'

describe('a newcomer', requires(missingChromium()), () => {
  const on = inBrowser()

  test('can read the whole of every button of the login on a small phone, in both languages', async () => {
    for (const locale of ['en-GB', 'de-DE']) {
      const { page, close } = await visit(on.browser, { viewport: phone, locale })
      await page.goto(`${on.site.origin}/ui/login`)
      await page.getByRole('radiogroup').waitFor()
      const cut =
        await page.evaluate(`[...document.querySelectorAll('button span, [role=radiogroup], [role=radiogroup] label')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
        .map((one) => one.textContent)`)
      assert.deepEqual(cut, [], locale)
      await close()
    }
  })

  test('is told that a cubbyhole goes with the login before something is put there', async () => {
    const { page, close } = await visit(on.browser, { viewport: phone })
    await logInAs(page, on.site, 'Alice', '/ui/places')
    await page.getByText('For this login alone; what is in it goes when the login ends').click()
    await page.getByRole('alert').filter({ hasText: 'is lost when this login ends' }).waitFor()
    await page.getByRole('button', { name: 'New secret', exact: true }).click()
    assert.ok(await page.getByRole('alert').filter({ hasText: 'is lost when this login ends' }).isVisible())
    await page.goto(`${on.site.origin}/ui/places/at?at=secrets%2F`)
    await page.getByRole('heading', { name: 'secrets' }).waitFor()
    assert.equal(await page.getByText('is lost when this login ends').count(), 0)
    await close()
  })

  test('can undo a deletion where that works, and is offered no undoing where it does not', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?new=secret')
    const store = async () => {
      await page.getByLabel('Name', { exact: true }).fill('short lived')
      await page.getByLabel('Value of password').fill('hunter2')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('heading', { name: 'short lived', exact: true }).waitFor()
    }
    const remove = async () => {
      await page.getByRole('button', { name: 'Delete', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('it can be restored from there for a while').waitFor()
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
      await page.getByRole('status').getByText('short lived is deleted.').waitFor()
    }
    await store()
    await remove()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('short lived is back.').waitFor()
    await page.goto(`${on.site.origin}/ui/places/at?at=cubbyhole%2F&new=secret`)
    await store()
    await remove()
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0)
    await close()
  })

  test('need not think of a name for a field with one-time codes', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?new=secret')
    await page.getByLabel('Name', { exact: true }).fill('with codes')
    await page.getByLabel('Value of password').fill('hunter2')
    await page.getByRole('button', { name: 'Add a field' }).click()
    await page.getByRole('textbox', { name: 'Value of field 2', exact: true }).waitFor()
    await page.getByRole('button', { name: 'One-time codes (TOTP)' }).last().click()
    await page.getByRole('textbox', { name: 'Address or key' }).fill('JBSW Y3DP EHPK 3PXP')
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Copy the code of totp' }).waitFor()
    await close()
  })

  test('who logs out leaves the next person nothing of where they were', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/places/at?at=cubbyhole%2F&secret=of+alice')
    await page.getByRole('button', { name: /^Your session/ }).click()
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.getByRole('button', { name: 'Log in with your organisation' }).waitFor()
    await page.waitForURL((url) => url.search === '' && !url.pathname.includes('places'))
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Log in with your organisation' }).click()
    await page.getByRole('button', { name: 'Bob' }).click()
    await page.getByRole('heading', { name: 'My space' }).waitFor()
    await close()
  })
})
