import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { logInAsGuest, visit } from './support/visit.ts'

const count = 1200
const nameOf = (number: number) => `n${String(number).padStart(4, '0')}`

describe('a folder with many names', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    for (let number = 0; number < count; number++) {
      await site.write(`plain/many/${nameOf(number)}`, { a: 'b' })
    }
  })

  test('shows them page by page, and only those in sight are rows', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=many/')
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
