import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dataOf } from '../support/node.ts'
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

describe('a secret with many fields', requires(missingChromium()), () => {
  const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`f${i}`, 'v']))
  const on = inBrowser((site) => site.write('team/data/wide', { data: fields }))

  test('is shown and edited, some fields at a time', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=wide')
    await page.getByText('f199', { exact: true }).waitFor()
    assert.equal(await page.locator('dt').count(), 200)
    await page.getByRole('button', { name: '19800 more fields' }).click()
    await page.getByText('f399', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('button', { name: 'Add a field' }).click()
    await page.getByRole('textbox', { name: 'Name of field 20001', exact: true }).fill('added')
    await page.getByRole('textbox', { name: 'Value of added' }).fill('w')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('wide is stored.').waitFor()
    const { data } = dataOf(await on.site.server.ask('read', 'team/data/wide'))
    assert.deepEqual(data, { ...fields, added: 'w' })
    await close()
  })
})
