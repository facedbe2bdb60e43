import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codeOf, dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

describe('several secrets at once', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('sys/mounts/plain/tune', { deleted_secrets_ttl: '1h' })
  })

  const put = (...names: string[]) =>
    Promise.all(names.map((name) => on.site.write(`plain/${name}`, { name })))
  const putVersions = (...names: string[]) =>
    Promise.all(names.map((name) => on.site.write(`team/data/${name}`, { data: { name } })))
  const isGone = async (path: string) => codeOf(await on.site.server.ask('read', path)) === 'not_found'
  const at = async (path: string) => JSON.stringify(dataOf(await on.site.server.ask('read', path)))
  const box = (page: Page, name: string) =>
    page.getByRole('checkbox', { name: `Choose ${name}`, exact: true })
  const link = (page: Page, name: string) => page.getByRole('link', { name: `Secret ${name}`, exact: true })
  const bar = (page: Page) => page.getByRole('region', { name: 'What you chose' })
  const dialog = (page: Page) => page.getByRole('dialog')
  const press = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).click()
  const chosen = (page: Page) => bar(page).getByRole('status').textContent()

  test('are chosen by boxes, with shift and by keyboard, and the list says how many', async () => {
    await put('c/a', 'c/b', 'c/c', 'c/d', 'c/e')
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=c/')
    await box(page, 'b').check()
    await box(page, 'd').click({ modifiers: ['Shift'] })
    assert.equal(await chosen(page), '3 chosen')
    assert.equal(await box(page, 'c').isChecked(), true)
    await link(page, 'c').click({ modifiers: ['Control'] })
    assert.equal(await chosen(page), '2 chosen')
    assert.equal(new URL(page.url()).searchParams.get('secret'), null)
    assert.deepEqual(await faultsOn(page), [])
    await bar(page).getByRole('button', { name: 'Choose nothing' }).click()
    await bar(page).waitFor({ state: 'detached' })
    await link(page, 'a').focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    assert.equal(await chosen(page), '3 chosen')
    await page.keyboard.press('Control+a')
    assert.equal(await chosen(page), '5 chosen')
    await page.keyboard.press('Escape')
    await bar(page).waitFor({ state: 'detached' })
    await close()
  })

  test('are deleted by keyboard alone, and come back', async () => {
    await put('d/one', 'd/deep/two', 'd/keep')
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=d/')
    await page.getByRole('link', { name: 'Folder deep' }).focus()
    await page.keyboard.press('Space')
    await box(page, 'one').focus()
    await page.keyboard.press('Space')
    assert.equal(await chosen(page), '2 chosen')
    await link(page, 'one').focus()
    await page.keyboard.press('Delete')
    await dialog(page).getByText('Folders go with all that is in them').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('2 secrets deleted.').waitFor()
    assert.ok((await isGone('plain/d/one')) && (await isGone('plain/d/deep/two')))
    await link(page, 'one').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('2 secrets brought back.').waitFor()
    assert.equal(await at('plain/d/deep/two'), '{"name":"d/deep/two"}')
    await link(page, 'one').waitFor()
    await close()
  })

  test('of a place with versions come back as well; where nothing is kept, no undo is offered', async () => {
    await putVersions('v/one', 'v/two')
    await on.site.write('sys/mounts/none', { type: 'kv' })
    await on.site.write('none/one', { a: 'b' })
    const policy = 'path "none/*" { capabilities = ["read", "list", "delete", "create"] }'
    await on.site.write('sys/policies/acl/none', { policy })
    await on.site.write('auth/userpass/users/guest', {
      password: 'guest of the house',
      token_policies: 'team,none',
    })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&folder=v/')
    await box(page, 'one').check()
    await box(page, 'two').check()
    await bar(page).getByRole('button', { name: 'Delete what is chosen' }).click()
    await press(page, 'Delete')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('2 secrets brought back.').waitFor()
    assert.match(await at('team/data/v/two'), /"name":"v\/two"/)
    await page.goto(`${on.site.origin}/ui/places/at?at=none/`)
    await box(page, 'one').check()
    await bar(page).getByRole('button', { name: 'Delete what is chosen' }).click()
    await press(page, 'Delete')
    await page.getByText('1 secret deleted.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0)
    await close()
  })

  test('move into a folder; what is in the way is said, by name, and stays', async () => {
    await put('m/one', 'm/two', 'm/sub/three', 'to/two')
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=m/')
    for (const name of ['one', 'two', 'sub']) await box(page, name).check()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await bar(page).getByRole('button', { name: 'Move what is chosen' }).click()
    await press(page, 'Move')
    await dialog(page).getByText('This is where it is already.').waitFor()
    await dialog(page).getByLabel('Folder').fill('m/sub/deeper')
    await dialog(page).getByText('A folder cannot go into itself.').waitFor()
    await dialog(page).getByLabel('Folder').fill('to')
    assert.deepEqual(await faultsOn(page), [])
    await press(page, 'Move')
    await dialog(page).getByText('2 moved.').waitFor()
    await dialog(page).getByRole('alert').getByText('1 did not work').waitFor()
    await dialog(page).getByText('two: There is a secret of this name already.').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await press(page, 'Done')
    assert.equal(await at('plain/to/one'), '{"name":"m/one"}')
    assert.equal(await at('plain/to/sub/three'), '{"name":"m/sub/three"}')
    assert.equal(await at('plain/to/two'), '{"name":"to/two"}')
    assert.equal(await at('plain/m/two'), '{"name":"m/two"}')
    assert.ok(await isGone('plain/m/one'))
    await close()
  })

  test('are copied, never over something, in places with and without versions', async () => {
    await put('k/one', 'k/two', 'k-to/two')
    await putVersions('k/one', 'k/two', 'k-to/two')
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    for (const [place, path] of [
      ['plain', 'plain/'],
      ['team', 'team/data/'],
    ] as const) {
      await page.goto(`${on.site.origin}/ui/places/at?at=${place}/&folder=k/`)
      await box(page, 'one').check()
      await box(page, 'two').check()
      await bar(page).getByRole('button', { name: 'Copy what is chosen' }).click()
      await dialog(page).getByLabel('Folder').fill('k-to')
      await press(page, 'Copy')
      await dialog(page).getByText('1 secret copied.').waitFor()
      await dialog(page).getByText('two: There is a secret of this name already.').waitFor()
      await press(page, 'Done')
      assert.match(await at(`${path}k-to/one`), /"name":"k\/one"/)
      assert.match(await at(`${path}k-to/two`), /"name":"k-to\/two"/)
      assert.match(await at(`${path}k/one`), /"name":"k\/one"/)
    }
    await close()
  })

  test('are exported as one JSON file, after a warning', async () => {
    await put('x/one', 'x/sub/two', 'x/<b>&amp;')
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=x/')
    await box(page, 'one').focus()
    await link(page, 'one').focus()
    await page.keyboard.press('Control+a')
    await bar(page).getByRole('button', { name: 'Export as JSON' }).click()
    await dialog(page).getByText('The file is not protected').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    const waiting = page.waitForEvent('download')
    await press(page, 'Export')
    const file = await waiting
    assert.equal(file.suggestedFilename(), 'secrets.json')
    assert.deepEqual(JSON.parse(await readFile(await file.path(), 'utf8')), {
      one: { name: 'x/one' },
      'sub/two': { name: 'x/sub/two' },
      '<b>&amp;': { name: 'x/<b>&amp;' },
    })
    await page.getByText('3 secrets exported.').waitFor()
    await close()
  })

  test('are shared by one link', async () => {
    const token = await on.site.tokenFor('alice')
    const own = `secrets/users/${idOf('alice')}`
    for (const name of ['s1', 's2']) {
      await on.site.server.ask('write', `${own}/${name}`, { token, fields: { key: `of ${name}` } })
    }
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await box(page, 's1').check()
    await box(page, 's2').check()
    await bar(page).getByRole('button', { name: 'Share' }).click()
    await press(page, 'Make the link')
    const url = await dialog(page).getByRole('textbox', { name: 'One-time link' }).inputValue()
    const other = await visit(on.browser)
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByRole('button', { name: 'Show s2: key' }).click()
    await other.page.getByText('of s2', { exact: true }).waitFor()
    await other.close()
    await close()
  })

  test('that cannot all be done say which, and what was not begun', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `p/n${String(index).padStart(3, '0')}`)
    await put(...names)
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=p/')
    await link(page, 'n000').focus()
    await page.keyboard.press('Control+a')
    await page.route('**/v1/sys/kv/batch', (route) => route.abort())
    await bar(page).getByRole('button', { name: 'Delete what is chosen' }).click()
    await press(page, 'Delete')
    await dialog(page).getByText('100 did not work').waitFor()
    await dialog(page).getByText('n000: The server cannot be reached').waitFor()
    await dialog(page).getByText('30 secrets stayed as they were; nothing was begun with them.').waitFor()
    await press(page, 'Done')
    await page.unroute('**/v1/sys/kv/batch')
    const denied = `path "plain/*" { capabilities = ["read", "list", "delete"] }
      path "plain/p/n007" { capabilities = ["read"] }`
    await on.site.write('sys/policies/acl/team', { policy: denied })
    await bar(page).getByRole('button', { name: 'Delete what is chosen' }).click()
    await press(page, 'Delete')
    await dialog(page).getByText('129 secrets deleted.').waitFor()
    await dialog(page).getByText('n007: You may not do this. Missing: delete on plain/p/n007').waitFor()
    assert.equal(await at('plain/p/n007'), '{"name":"p/n007"}')
    await close()
  })
})
