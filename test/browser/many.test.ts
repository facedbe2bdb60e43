import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { missingChromium, openChromium } from './support/chromium.ts'
import { type Site, startSite } from './support/site.ts'
import { logInAsGuest, visit } from './support/visit.ts'

const count = 1200
const nameOf = (number: number) => `n${String(number).padStart(4, '0')}`

describe('a folder with many names', requires(missingChromium()), () => {
  let site: Site
  let browser: Browser
  before(async () => {
    site = await startSite()
    browser = await openChromium()
    for (let number = 0; number < count; number++) {
      await site.write(`plain/many/${nameOf(number)}`, { a: 'b' })
    }
  })
  after(async () => {
    await browser?.close()
    await site?.stop()
  })

  test('shows them page by page, and only those in sight are rows', async () => {
    const { page, close } = await visit(browser)
    await logInAsGuest(page, site, '/ui/places/at?at=plain/&folder=many/')
    await page.getByText('500+ names').waitFor()
    const rows = page.getByRole('link', { name: /^Secret n/ })
    assert.ok((await rows.count()) < 60)
    const bottom = `(() => {
      const list = document.querySelector('main section ul').parentElement
      list.scrollTop = list.scrollHeight
    })()`
    for (const shown of ['1000+ names', '1200 names']) {
      await page.evaluate(bottom)
      await page.getByText(shown).waitFor()
    }
    await page.evaluate(bottom)
    await page.getByRole('link', { name: `Secret ${nameOf(count - 1)}` }).waitFor()
    assert.ok((await rows.count()) < 60)
    await page.getByRole('textbox', { name: 'Filter by name' }).fill('n0777')
    await page.getByText('1 name', { exact: true }).waitFor()
    await close()
  })
})
