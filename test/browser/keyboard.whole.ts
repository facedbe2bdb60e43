import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { logInAsGuest, visit } from './support/visit.ts'

/** Steps that it takes at most to get from one thing to another by the tabulator. */
const mostSteps = 60

/** The types here are those without a browser. */
type Browser = {
  document: { activeElement: unknown }
  getComputedStyle(of: unknown): { outlineStyle: string }
}

const isFocused = (of: Locator): Promise<boolean> =>
  of.evaluate((element) => (globalThis as unknown as Browser).document.activeElement === element)

const outlineOf = (of: Locator): Promise<string> =>
  of.evaluate((element) => (globalThis as unknown as Browser).getComputedStyle(element).outlineStyle)

/** Goes on by a key until something has the focus. */
async function goTo(page: Page, to: Locator, key: 'Tab' | 'ArrowDown' = 'Tab'): Promise<void> {
  await to.waitFor({ state: 'attached' })
  for (let steps = 0; steps < mostSteps; steps++) {
    if (await isFocused(to)) return
    await page.keyboard.press(key)
  }
  assert.fail(`the keyboard does not get to ${to}`)
}

describe('by keyboard alone', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    for (const a of ['first', 'second']) await site.write('team/data/app', { data: { a, b: 'same' } })
  })

  const press = async (page: Page, name: string) => {
    const button = page.getByRole('button', { name, exact: true })
    await goTo(page, button)
    assert.notEqual(await outlineOf(button), 'none', 'the focus shows')
    await page.keyboard.press('Enter')
  }

  test('a link with chosen fields is made, copied and left', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=app')
    await press(page, 'Share app')
    await goTo(page, page.getByRole('checkbox', { name: 'b' }))
    await page.keyboard.press('Space')
    await goTo(page, page.getByRole('combobox', { name: 'Ends after' }))
    await press(page, 'Make the link')
    await page.getByText('The link is ready').waitFor()
    await press(page, 'Copy the link')
    await page.getByText(/The clipboard is cleared in/).waitFor()
    const url = String(await page.evaluate('navigator.clipboard.readText()'))
    await press(page, 'Done')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    assert.ok(await isFocused(page.getByRole('button', { name: 'Share app' })), 'the focus comes back')

    const other = await visit(on.browser)
    await other.page.goto(url)
    await press(other.page, 'Open it now')
    await press(other.page, 'Show a')
    await other.page.getByText('second', { exact: true }).waitFor()
    assert.equal(await other.page.getByRole('button', { name: 'Show b' }).count(), 0)
    await other.close()
    await close()
  })

  test('versions are compared, and one is rolled back to', async () => {
    await on.site.write('team/data/past', { data: { a: 'first' } })
    await on.site.write('team/data/past', { data: { a: 'second' } })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=past')
    await goTo(page, page.getByRole('radio', { name: 'Fields' }))
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await press(page, 'Changes in version 2')
    await press(page, 'Show a')
    await page.getByText('first', { exact: true }).waitFor()
    await press(page, 'Roll back to version 1')
    const dialog = page.getByRole('dialog', { name: 'Roll back to version 1?' })
    await dialog.waitFor()
    await goTo(page, dialog.getByRole('button', { name: 'Roll back', exact: true }))
    await page.keyboard.press('Enter')
    await page.getByText('Version 3 holds what version 1 held.').waitFor()
    assert.deepEqual(
      { ...(dataOf(await on.site.server.ask('read', 'team/data/past')).data as object) },
      { a: 'first' },
    )
    await close()
  })

  test('a secret is renamed, and what is not wanted is left by Escape', async () => {
    await on.site.write('team/data/old', { data: { a: '1' } })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=old')
    await press(page, 'More actions')
    await page.getByRole('menuitem', { name: 'Rename or move' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menuitem', { name: 'Rename or move' }).waitFor({ state: 'hidden' })
    assert.ok(await isFocused(page.getByRole('button', { name: 'More actions' })), 'the focus comes back')
    await page.keyboard.press('Enter')
    await goTo(page, page.getByRole('menuitem', { name: 'Rename or move' }), 'ArrowDown')
    await page.keyboard.press('Enter')
    const name = page.getByRole('dialog').getByLabel('Name', { exact: true })
    await name.waitFor()
    await page
      .getByRole('dialog')
      .evaluate('Promise.all(document.getAnimations().map((one) => one.finished))')
    assert.ok(await isFocused(name), 'one can type at once')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('folder/new')
    await page.keyboard.press('Enter')
    await page.getByText('old is now folder/new.').waitFor()
    assert.ok('data' in dataOf(await on.site.server.ask('read', 'team/data/folder/new')))
    await close()
  })
})
