import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codeOf, dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

describe('renaming, moving and copying a secret on the page', requires(missingChromium()), () => {
  const on = inBrowser()

  const put = (name: string, data: Record<string, string>) => on.site.write(`team/data/${name}`, { data })
  const dataAt = async (name: string, version?: number) => {
    const fields = version === undefined ? {} : { version: String(version) }
    return JSON.stringify(dataOf(await on.site.server.ask('read', `team/data/${name}`, { fields })).data)
  }
  const isGone = async (path: string) => codeOf(await on.site.server.ask('read', path)) === 'not_found'
  const choose = async (page: Page, what: 'Rename or move' | 'Make a copy') => {
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: what }).click()
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).waitFor()
  }
  const nameIn = (page: Page) => page.getByRole('dialog').getByLabel('Name', { exact: true })
  const press = (page: Page, name: string) =>
    page.getByRole('dialog').getByRole('button', { name, exact: true }).click()

  const cancel = async (page: Page) => {
    await press(page, 'Cancel')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  test('a secret gets another name in a folder, with its versions', async () => {
    await put('db', { a: 'first' })
    await put('db', { a: 'second' })
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=db')
    await choose(page, 'Rename or move')
    assert.equal(await nameIn(page).inputValue(), 'db')
    assert.deepEqual(await faultsOn(page), [])
    await nameIn(page).fill('prod/database')
    await press(page, 'Move')
    await page.getByText('db is now prod/database.').waitFor()
    await page.getByRole('heading', { name: 'database' }).waitFor()
    await page.getByRole('button', { name: 'Show a' }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('folder'), 'prod/')
    assert.equal(await dataAt('prod/database', 1), '{"a":"first"}')
    assert.equal(await dataAt('prod/database'), '{"a":"second"}')
    assert.ok(await isGone('team/metadata/db'))
    await close()
  })

  test('is refused where something is already, and where a name cannot be', async () => {
    await put('one', { a: 'one' })
    await put('two', { a: 'two' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=one')
    for (const [what, action] of [
      ['Rename or move', 'Move'],
      ['Make a copy', 'Copy'],
    ] as const) {
      await choose(page, what)
      await press(page, action)
      await page.getByText('This is where it is already.').waitFor()
      await nameIn(page).fill('a//b')
      await page.getByText('A name has no empty part').waitFor()
      await nameIn(page).fill('two')
      await press(page, action)
      await page.getByText('There is a secret of this name already.').waitFor()
      assert.deepEqual(await faultsOn(page), [])
      await cancel(page)
    }
    assert.equal(await dataAt('one'), '{"a":"one"}')
    assert.equal(await dataAt('two'), '{"a":"two"}')
    await close()
  })

  test('a copy takes no name of which deleted versions are left', async () => {
    await put('source', { a: 'source' })
    await put('left', { a: 'left' })
    await on.site.server.ask('delete', 'team/data/left')
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=source')
    await choose(page, 'Make a copy')
    await nameIn(page).fill('left')
    await press(page, 'Copy')
    await page.getByText('There is a secret of this name already.').waitFor()
    await nameIn(page).fill('copy')
    await press(page, 'Copy')
    await page.getByText('source is copied to copy.').waitFor()
    await page.getByRole('link', { name: 'Secret copy' }).waitFor()
    await page.getByRole('button', { name: 'Show a' }).waitFor()
    assert.equal(await dataAt('copy'), '{"a":"source"}')
    assert.equal(await dataAt('source'), '{"a":"source"}')
    await close()
  })

  test('a place without versions, and what one may not do', async () => {
    await on.site.write('plain/one', { a: 'one' })
    await on.site.write('plain/two', { a: 'two' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=one')
    await choose(page, 'Make a copy')
    await nameIn(page).fill('two')
    await press(page, 'Copy')
    await page.getByText('There is a secret of this name already.').waitFor()
    await cancel(page)
    await choose(page, 'Rename or move')
    await nameIn(page).fill('three')
    await page.route('**/v1/sys/kv/move', (route) =>
      route.fulfill({ status: 403, json: { errors: ['permission denied'] } }),
    )
    await press(page, 'Move')
    await page.getByRole('alert').getByText('You may not do this').waitFor()
    assert.equal(await nameIn(page).inputValue(), 'three', 'what was typed stays')
    await page.unroute('**/v1/sys/kv/move')
    await press(page, 'Move')
    await page.getByText('one is now three.').waitFor()
    await page.getByRole('link', { name: 'Secret three' }).waitFor()
    assert.ok(await isGone('plain/one'))
    assert.equal(JSON.stringify(dataOf(await on.site.server.ask('read', 'plain/two'))), '{"a":"two"}')
    await close()
  })

  test('from one’s own space into the folder of a VO', async () => {
    const token = await on.site.tokenFor('alice')
    const own = `secrets/users/${idOf('alice')}/grid`
    await on.site.server.ask('write', own, { token, fields: { key: 'k' } })
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?secret=grid')
    await choose(page, 'Rename or move')
    await page.getByRole('combobox', { name: 'Place' }).selectOption('vo.example.org')
    await press(page, 'Move')
    await page.getByText('grid is now grid in vo.example.org.').waitFor()
    await page.getByText('Nothing is stored here yet').waitFor()
    const there = await on.site.server.ask('read', 'secrets/vos/vo.example.org/grid', { token })
    assert.equal(JSON.stringify(dataOf(there)), '{"key":"k"}')
    await close()
  })
})
