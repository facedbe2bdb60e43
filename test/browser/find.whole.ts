import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

const own = `secrets/users/${idOf('alice')}`
const markup = 'db <img src=x onerror=alert(1)> \u202egnp'

describe('searching all places as one types', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    const token = await site.tokenFor('alice')
    const put = (path: string, fields: Record<string, string>) =>
      site.server.ask('write', path, { token, fields })
    await put(`${own}/mail`, { password: 'x' })
    await put(`${own}/deep/er/mysql-db`, { password: 'x' })
    await put('secrets/vos/vo.example.org/db', { password: 'x' })
    await site.write('team/data/prod/db', { data: { password: 'x' } })
    await site.write('team/data/plain', { data: { password: 'x' } })
    await site.write('team/metadata/plain', { custom_metadata: { purpose: 'of the Database group' } })
    await site.write(`plain/${markup}`, { a: 'b' })
    for (let number = 0; number < 60; number++) await site.write(`plain/many/number-${number}`, { a: 'b' })
    const { entity_id: entity } = JSON.parse(
      JSON.stringify(await site.server.ask('read', 'auth/token/lookup-self', { token })),
    ).data
    await site.write(`identity/entity/id/${entity}`, { policies: ['team'] })
  })

  const field = (page: Page) => page.getByRole('combobox', { name: 'Names and metadata in all places' })
  const options = (page: Page, group: string) => page.getByRole('group', { name: group }).getByRole('option')
  const settled = (page: Page, text: string) =>
    page.getByRole('status').getByText(text, { exact: true }).waitFor()

  test('groups what it finds by place, and marks what was typed in names and in metadata', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await page.getByRole('button', { name: 'Search everywhere' }).click()
    await options(page, 'Places').getByText('My space').waitFor()
    await field(page).fill('DB')
    await settled(page, '4 results')
    assert.deepEqual(await options(page, 'My space').allTextContents(), ['mysql-dbdeep / er'])
    assert.deepEqual(await options(page, 'vo.example.org').allTextContents(), ['db'])
    assert.deepEqual(await options(page, 'team').allTextContents(), ['dbprod'])
    assert.deepEqual(await options(page, 'plain').allTextContents(), [markup])
    assert.equal(await options(page, 'My space').locator('mark').textContent(), 'db')
    assert.deepEqual(await faultsOn(page), [])
    await field(page).fill('database')
    await settled(page, '1 result')
    assert.deepEqual(await options(page, 'team').allTextContents(), ['plainpurpose: of the Database group'])
    assert.equal(await options(page, 'team').locator('mark').textContent(), 'Database')
    await field(page).fill('nowhere')
    await page.getByRole('heading', { name: 'Nothing is called “nowhere”' }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('is done by keyboard alone: / or Ctrl+K, arrows, Enter, Esc', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await page.getByRole('link', { name: 'Secret mail' }).waitFor()
    await page.keyboard.press('/')
    await field(page).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('db')
    await settled(page, '4 results')
    const chosen = page.getByRole('listbox').getByRole('option', { selected: true })
    assert.equal(await chosen.textContent(), 'mysql-dbdeep / er')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    assert.equal(await chosen.textContent(), 'db')
    assert.equal(await field(page).getAttribute('aria-activedescendant'), await chosen.getAttribute('id'))
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'mysql-db', level: 2 }).waitFor()
    const { pathname, searchParams } = new URL(page.url())
    assert.deepEqual(
      [pathname, searchParams.get('folder'), searchParams.get('secret')],
      ['/ui/space', 'deep/er/', 'mysql-db'],
    )
    await close()
  })

  test('pages through more, and ends what is not wanted any more', async () => {
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(page, on.site, '/ui/places')
    await page.getByRole('button', { name: 'Search everywhere' }).click()
    const ended: string[] = []
    page.on('requestfailed', (request) => ended.push(request.postData() ?? ''))
    let letGo = () => {}
    await page.route('**/v1/sys/kv/search', async (route) => {
      if (route.request().postDataJSON().name === 'n') await new Promise<void>((resolve) => (letGo = resolve))
      await route.continue().catch(() => {})
    })
    const asked = page.waitForRequest((request) => request.postData()?.includes('"name":"n"') === true)
    await field(page).fill('n')
    await asked
    const failed = page.waitForEvent('requestfailed')
    await field(page).fill('number')
    await failed
    letGo()
    assert.equal(JSON.parse(ended[0] ?? '{}').name, 'n')
    await settled(page, '50+ results')
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('option', { name: 'More results' }).click()
    await settled(page, '60 results')
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await page.getByRole('option', { name: /^number-59/ }).click()
    await page.getByRole('heading', { name: 'number-59', level: 2 }).waitFor()
    await close()
  })

  test('says why it cannot look, and looks again', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places')
    await page.route('**/v1/sys/kv/search', (route) =>
      route.fulfill({ status: 403, json: { errors: ['permission denied'] } }),
    )
    await page.keyboard.press('/')
    const asked: string[] = []
    page.on('request', (request) => asked.push(Object.keys(request.postDataJSON() ?? {})[0] ?? ''))
    const first = (name: string) =>
      page.waitForRequest((request) => Object.keys(request.postDataJSON() ?? {})[0] === name)
    const both = Promise.all([first('name'), first('note')])
    await field(page).fill('db')
    await page.getByRole('heading', { name: 'You may not do this' }).waitFor()
    await both
    await page.waitForLoadState('networkidle')
    assert.deepEqual(
      asked.filter((first) => first === 'name' || first === 'note'),
      ['name', 'note'],
      'a refusal is not asked for again and again',
    )
    await page.unroute('**/v1/sys/kv/search')
    await page.getByRole('button', { name: 'Try again' }).click()
    await settled(page, '2 results')
    assert.doesNotMatch(page.url(), /db/, 'what is looked for is in no address')
    await close()
  })
})
