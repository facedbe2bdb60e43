import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, phone, visit } from './support/visit.ts'

const many = 1200
const deep = Array.from({ length: 20 }, (_, level) => `level-${level}/`).join('')

describe('the tree of folders beside the list', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('plain/app/db/main', { a: 'b' })
    await site.write('plain/app/key', { a: 'b' })
    await site.write('plain/zone/x', { a: 'b' })
    await site.write('plain/b<i>old/x', { a: 'b' })
    await site.write(`plain/${deep}end`, { a: 'b' })
    for (let number = 0; number < many; number++) {
      await site.write(`plain/many/f${String(number).padStart(4, '0')}/x`, { a: 'b' })
    }
  })

  const tree = (page: Page) => page.getByRole('tree', { name: 'Folders' })
  const item = (page: Page, name: string) => tree(page).getByRole('treeitem', { name, exact: true })
  const active = async (page: Page) => {
    const id = await tree(page).getAttribute('aria-activedescendant')
    return page.locator(`[id="${id}"]`).textContent()
  }
  const folderOf = (page: Page) => new URL(page.url()).searchParams.get('folder')

  test('opens folders, shows what is in them, and says where one is', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/')
    await item(page, 'app').waitFor()
    assert.equal(await item(page, 'plain').getAttribute('aria-selected'), 'true')
    assert.equal(await item(page, 'b<i>old').count(), 1)
    assert.equal(await item(page, 'key').count(), 0, 'secrets are in the list')
    await item(page, 'app').click()
    await page.getByRole('link', { name: 'Secret key' }).waitFor()
    assert.equal(folderOf(page), 'app/')
    assert.equal(await item(page, 'app').getAttribute('aria-selected'), 'true')
    assert.equal(await item(page, 'app').getAttribute('aria-expanded'), 'true')
    assert.equal(await item(page, 'db').getAttribute('aria-level'), '3')
    assert.deepEqual(await faultsOn(page), [])
    await item(page, 'app').locator('svg').first().click()
    await item(page, 'db').waitFor({ state: 'detached' })
    assert.equal(folderOf(page), 'app/', 'to close a folder is not to leave it')
    await page.getByRole('navigation', { name: 'Where you are' }).getByText('app').waitFor()
    await close()
  })

  test('is walked by keyboard alone', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/')
    await item(page, 'app').waitFor()
    await tree(page).focus()
    assert.equal(await active(page), 'plain')
    await page.keyboard.press('ArrowDown')
    assert.equal(await active(page), 'app')
    await page.keyboard.press('ArrowRight')
    await item(page, 'db').waitFor()
    assert.equal(folderOf(page), null, 'to open a folder is not to go there')
    await page.keyboard.press('ArrowRight')
    assert.equal(await active(page), 'db')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Secret main' }).waitFor()
    assert.equal(folderOf(page), 'app/db/')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await active(page), 'app')
    await page.keyboard.press('ArrowLeft')
    await item(page, 'db').waitFor({ state: 'detached' })
    await page.keyboard.press('End')
    assert.equal(await active(page), 'zone')
    await page.keyboard.press('Home')
    assert.equal(await active(page), 'plain')
    await close()
  })

  test('comes page by page, with only those lines that are in sight', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=many/')
    await item(page, 'f0000').waitFor()
    const lines = tree(page).getByRole('treeitem')
    assert.ok((await lines.count()) < 80)
    assert.equal(await item(page, 'f0000').getAttribute('aria-setsize'), '-1')
    for (const last of ['f0499', 'f0999']) {
      await page.waitForLoadState('networkidle')
      const next = page.waitForResponse((answer) => answer.url().includes(`after=${last}%2F`))
      await page.evaluate(`(() => {
        const tree = document.querySelector('[role="tree"]')
        tree.scrollTop = tree.scrollHeight
      })()`)
      await next
    }
    await page.waitForLoadState('networkidle')
    assert.ok((await lines.count()) < 80)
    await tree(page).focus()
    await page.keyboard.press('End')
    await item(page, 'zone').waitFor()
    await page.keyboard.press('ArrowUp')
    assert.equal(await active(page), `f${many - 1}`)
    await close()
  })

  test('leads to a deep folder that an address names', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, `/ui/places/at?at=plain/&folder=${deep}`)
    await page.getByRole('link', { name: 'Secret end' }).waitFor()
    await item(page, 'level-19').waitFor()
    assert.equal(await item(page, 'level-19').getAttribute('aria-level'), '21')
    assert.equal(await active(page), 'level-19')
    await close()
  })

  test('says what did not load, and asks again', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/')
    await item(page, 'app').waitFor()
    await page.route('**/v1/plain/app/**', (route) => route.fulfill({ status: 500, json: { errors: [] } }))
    await tree(page).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await item(page, 'Did not load. Try again').waitFor()
    await page.unroute('**/v1/plain/app/**')
    await item(page, 'Did not load. Try again').click()
    await item(page, 'db').waitFor()
    await close()
  })

  test('is not there on a phone, nor where there is no folder', async () => {
    const small = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(small.page, on.site, '/ui/places/at?at=plain/')
    await small.page.getByRole('link', { name: 'Folder app' }).waitFor()
    assert.equal(await tree(small.page).count(), 0)
    await small.close()
    await on.site.write('team/data/one', { data: { a: 'b' } })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/')
    await page.getByRole('link', { name: 'Secret one' }).waitFor()
    assert.equal(await tree(page).count(), 0)
    await close()
  })
})
