import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { run, shownCommand } from './support/shell.ts'
import { inBrowser } from './support/suite.ts'
import { endSessionOf, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

describe('the API explorer', requires(missingChromium()), () => {
  let token = ''
  const on = inBrowser(async (site) => {
    await site.write('team/data/db', { data: { user: 'app', password: 'correct horse' } })
    const fields = { password: 'guest of the house' }
    token = tokenOf(await site.server.ask('write', 'auth/userpass/login/guest', { token: '', fields }))
  })

  const find = (page: Page, text: string) =>
    page.getByRole('textbox', { name: 'Search the operations' }).fill(text)
  const answerOf = (page: Page) => page.getByRole('textbox', { name: 'Answer of the server' })

  test('finds an operation as one types, sends it, and hides what is secret in the answer', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/space')
    await page.getByRole('link', { name: 'API explorer' }).click()
    await page.getByText('Choose an operation').waitFor()
    await find(page, 'team data')
    await page.getByRole('link', { name: /GET\s*team\/data\/\{path\}/ }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('This is needed.').waitFor()
    await page.getByRole('textbox', { name: 'path' }).fill('db')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('The server answered 200.').waitFor()
    const hidden = JSON.parse(await answerOf(page).inputValue())
    assert.deepEqual(hidden.data.data, { user: '••••••••••', password: '••••••••••' })
    assert.equal(hidden.data.metadata.version, 1)
    assert.doesNotMatch(await page.content(), /correct horse/)
    await page.getByRole('button', { name: 'Show all' }).click()
    assert.equal(JSON.parse(await answerOf(page).inputValue()).data.data.password, 'correct horse')
    assert.deepEqual([...new URL(page.url()).searchParams.keys()], ['op'], 'nothing that was typed is in it')
    await page.reload()
    await page.getByRole('textbox', { name: 'path' }).waitFor()
    await close()
  })

  test('writes what one fills in, and shows the same for coffer and curl, which do the same', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/api')
    await find(page, 'team metadata post')
    await page.getByRole('link', { name: /POST\s*team\/metadata\/\{path\}/ }).click()
    await page.getByRole('textbox', { name: 'path' }).fill(`it's "$(x)"`)
    await page.getByRole('textbox', { name: 'max_versions' }).fill('two')
    await page.getByText('This is not a whole number.').waitFor()
    await page.getByRole('textbox', { name: 'max_versions' }).fill('2')
    await page.getByRole('textbox', { name: 'delete_version_after' }).fill('1h')
    await page.getByRole('combobox', { name: 'cas_required' }).selectOption('Yes')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Done. The server had nothing to add.').waitFor()
    const stored = async () => {
      const data = dataOf(await on.site.server.ask('read', `team/metadata/it's "$(x)"`))
      return [data.max_versions, data.delete_version_after, data.cas_required]
    }
    const wanted = [2, '1h0m0s', true]
    assert.deepEqual(await stored(), wanted)
    for (const tool of ['coffer', 'curl'] as const) {
      await on.site.server.ask('delete', `team/metadata/it's "$(x)"`)
      await run(await shownCommand(page.locator('main'), tool), token)
      assert.deepEqual(await stored(), wanted)
    }
    await close()
  })

  test('takes fields of any name as JSON, and keeps their values out of the commands', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/api')
    await find(page, 'plain post')
    await page.getByRole('link', { name: /POST\s*plain\/\{path\}/ }).click()
    await page.getByRole('textbox', { name: 'path' }).fill('any')
    await page.getByRole('textbox', { name: 'data' }).fill('{"pin": 4711, "exact": 12345678901234567890')
    await page.getByText('This is not valid JSON.').waitFor()
    await page.getByRole('textbox', { name: 'data' }).fill('{"pin": 4711, "exact": 12345678901234567890}')
    const curl = await shownCommand(page.locator('main'), 'curl')
    assert.doesNotMatch(curl.text + JSON.stringify(curl.files), /4711/)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Done. The server had nothing to add.').waitFor()
    const reply = await on.site.server.ask('read', 'plain/any')
    assert.ok('data' in reply)
    assert.equal(JSON.stringify(reply.data), '{"pin":4711,"exact":12345678901234567890}')
    await close()
  })

  test('asks before something is deleted', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('plain/gone', { a: 'b' })
    await logInAsGuest(page, on.site, '/ui/api')
    await find(page, 'plain delete')
    await page.getByRole('link', { name: /DELETE\s*plain\/\{path\}/ }).click()
    await page.getByRole('textbox', { name: 'path' }).fill('gone')
    await page.getByRole('button', { name: 'Send' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete this?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(dataOf(await on.site.server.ask('read', 'plain/gone')), { a: 'b' })
    await page.getByRole('button', { name: 'Send' }).click()
    await dialog.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Done. The server had nothing to add.').waitFor()
    await close()
  })

  test('says what the server says when it refuses', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Bob', '/ui/api')
    await find(page, 'sys/tools/hash post')
    await page
      .getByRole('link', { name: /POST\s*sys\/tools\/hash [^/]|POST\s*sys\/tools\/hashT/ })
      .first()
      .click()
    await page.getByRole('textbox', { name: 'input' }).fill('%%%')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('You may not do this').or(page.getByText('The server did not accept this')).waitFor()
    await find(page, 'sys audit get')
    await page
      .getByRole('link', { name: /GET\s*sys\/audit/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText(/^403: .*permission denied/s).waitFor()
    await page.getByText(/^Missing: .* on sys\/audit$/).waitFor()
    await close()
  })

  test('by keyboard alone, on a phone, with few rows of many', async () => {
    const { page, close } = await visit(on.browser, { viewport: phone })
    await logInAsGuest(page, on.site, '/ui/space')
    await page.keyboard.press('g')
    await page.keyboard.press('x')
    await page.getByText(/^\d{3} operations$/).waitFor()
    assert.ok((await page.getByRole('link', { name: /sys\// }).count()) < 60)
    await page.keyboard.press('f')
    await page.keyboard.type('lookup-self get')
    await page.getByText('1 operation', { exact: true }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const send = page.getByRole('button', { name: 'Send' })
    await send.waitFor()
    await send.focus()
    await page.keyboard.press('Enter')
    await page.getByText('The server answered 200.').waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByText('1 operation', { exact: true }).waitFor()
    await close()
  })

  test('on bad days: no description, an operation that is not there, a session that has ended', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/space')
    await page.route('**/v1/sys/internal/specs/openapi', (route) => route.abort())
    await page.getByRole('link', { name: 'API explorer' }).click()
    await page.getByText('The server cannot be reached').waitFor()
    await page.unroute('**/v1/sys/internal/specs/openapi')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Choose an operation').waitFor()
    await page.goto(`${on.site.origin}/ui/api?op=nothing`)
    await page.getByText('There is no such operation').waitFor()
    await find(page, 'plain post')
    await page.getByRole('link', { name: /POST\s*plain\/\{path\}/ }).click()
    await page.getByRole('textbox', { name: 'path' }).fill('kept')
    await endSessionOf(page, on.site)
    await page.getByRole('textbox', { name: 'data' }).fill('{"a": 1}')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Your session has ended').waitFor()
    assert.equal(await page.getByLabel('path').inputValue(), 'kept')
    await close()
  })
})
