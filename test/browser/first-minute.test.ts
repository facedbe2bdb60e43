import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { logInAs, phone, visit } from './support/visit.ts'

const mine = `secrets/users/${idOf('alice')}`

describe('the first minute', requires(missingChromium()), () => {
  const on = inBrowser()

  const choose = (page: Page, name: string) => page.getByRole('link', { name: `Secret ${name}` }).click()
  const saved = async (page: Page, name: string) => {
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(`${name} is stored.`).last().waitFor()
  }

  test('a researcher stores a password, looks at it, changes it, deletes it and takes that back', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await page.getByRole('heading', { name: 'My space' }).waitFor()
    await page.getByRole('button', { name: 'Store the first secret' }).click()
    await page.getByLabel('Name', { exact: true }).fill('mail')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('correct horse')
    await saved(page, 'mail')

    const secret = page.getByRole('region', { name: 'mail' })
    await secret.getByRole('button', { name: 'Show password' }).waitFor()
    assert.equal(await page.getByText('correct horse').count(), 0, 'it is hidden at first')
    await secret.getByRole('button', { name: 'Show password' }).click()
    await secret.getByText('correct horse').waitFor()
    await secret.getByRole('button', { name: 'Copy password' }).click()
    await page.getByText(/The clipboard is cleared in/).waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'correct horse')

    await secret.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('button', { name: 'Add a field' }).click()
    await page.getByLabel('Name of field 2', { exact: true }).fill('user')
    await page.getByRole('textbox', { name: 'Value of user' }).fill('alice')
    await saved(page, 'mail')
    await secret.getByRole('button', { name: 'Show user' }).waitFor()
    const kept = dataOf(await on.site.server.ask('read', `${mine}/mail`, { token: await tokenOfAlice() }))
    assert.deepEqual({ ...kept }, { password: 'correct horse', user: 'alice' })

    await secret.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('mail is deleted.').waitFor()
    await page.getByText('Nothing is stored here yet').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await choose(page, 'mail')
    await secret.getByRole('button', { name: 'Show user' }).waitFor()
    await close()
  })

  test('the same on a phone, in a folder, with several lines', async () => {
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAs(page, on.site, 'Bob')
    await page.getByRole('button', { name: 'New secret' }).click()
    await page.getByLabel('Name', { exact: true }).fill('keys/server')
    await page.getByRole('button', { name: 'Several lines' }).click()
    await page.getByRole('textbox', { name: 'Value of password' }).fill('one\ntwo')
    await saved(page, 'keys/server')
    await page.getByRole('heading', { name: 'keys' }).waitFor()
    await choose(page, 'server')
    await page.getByRole('button', { name: 'Show password' }).click()
    assert.equal(await page.getByText('one').textContent(), 'one\ntwo')
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('link', { name: 'Secret server' }).waitFor()
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert.equal(wide, false, 'nothing is wider than the phone')
    await close()
  })

  test('works with the keyboard alone', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await page.getByRole('link', { name: 'Secret mail' }).waitFor()
    await page.keyboard.press('n')
    await page.getByLabel('Name', { exact: true }).waitFor()
    await page.keyboard.type('by-keyboard')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('typed')
    await page.keyboard.press('Enter')
    await page.getByText('by-keyboard is stored.').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('v')
    await page.getByRole('heading', { name: 'My VOs' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('link', { name: 'Secret by-keyboard' }).waitFor()
    await page.keyboard.press('f')
    await page.keyboard.type('by-')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Show password' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' })
    await close()
  })

  const tokenOfAlice = () => on.site.tokenFor('alice')
})
