import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, logInByToken, visit } from './support/visit.ts'

describe('the server on the page', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('sys/policies/acl/operator', {
      policy: `path "sys/ha-status" { capabilities = ["read"] }
path "sys/key-status" { capabilities = ["read"] }
path "sys/rotate/config" { capabilities = ["read"] }
path "sys/duties" { capabilities = ["read"] }`,
    })
    await site.server.node.tend()
  })

  const logIn = (page: Page, token = on.site.server.root) =>
    logInByToken(page, on.site, token, '/ui/login?next=/server')
  const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

  for (const look of looks) {
    const { device, colorScheme, viewport } = look
    test(`is shown with its seal, nodes, key, store and duties (${device}, ${colorScheme})`, async () => {
      const { page, close } = await visit(on.browser, { colorScheme, viewport })
      await logIn(page)
      await card(page, 'Seal').getByText('Open', { exact: true }).waitFor()
      await card(page, 'Seal').getByText('1 of 1 open it').waitFor()
      const { nodes } = dataOf(await on.site.server.ask('read', 'sys/ha-status'))
      assert.ok(Array.isArray(nodes) && nodes.length === 1)
      await card(page, 'Nodes').getByText('One node serves this store.').waitFor()
      await card(page, 'Nodes').getByText('answers now').waitFor()
      await card(page, 'Encryption key').getByText('Key number').waitFor()
      await card(page, 'Storage').getByText('not yet').waitFor()
      await card(page, 'Backup').getByText('coffer operator backup').waitFor()
      await card(page, 'Duties').getByText('Empties the recycle bins').waitFor()
      await card(page, 'Version').getByText('(now)').waitFor()
      assert.deepEqual(await faultsOn(page), [])
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      await takePicture(page, 'server', look)
      await close()
    })
  }

  test('shows every node, how its clock differs, and when it was heard of', async () => {
    const { page, close } = await visit(on.browser)
    const { nodes } = dataOf(await on.site.server.ask('read', 'sys/ha-status'))
    assert.ok(Array.isArray(nodes))
    const other = {
      hostname: '<b>two</b>',
      api_address: 'https://two.example.org:8200',
      active_node: true,
      last_echo: new Date(Date.now() - 4000).toISOString(),
      version: '0.0.9',
      clock_skew_ms: -2500,
      clock_skew_error_ms: 40,
    }
    await page.route('**/v1/sys/ha-status', (route) =>
      route.fulfill({ json: { data: { nodes: [...nodes, other] } } }),
    )
    await logIn(page)
    const row = card(page, 'Nodes').getByRole('listitem').nth(1)
    await row.getByText('<b>two</b>').waitFor()
    await row.getByText('https://two.example.org:8200').waitFor()
    await row.getByText('Version 0.0.9').waitFor()
    await row.getByText('clock 2.5 s behind (± 0.04 s)').waitFor()
    await row.getByText(/^heard of \d+ seconds ago$/).waitFor()
    await close()
  })

  test('gets a new key, and rules for new ones', async () => {
    const { page, close } = await visit(on.browser)
    const term = async () => Number(dataOf(await on.site.server.ask('read', 'sys/key-status')).term)
    const before = await term()
    await logIn(page)
    await card(page, 'Encryption key').getByRole('button', { name: 'Make a new key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Make a new key?' })
    await dialog.getByText('Older data can still be read').waitFor()
    await dialog.getByRole('button', { name: 'Make a new key' }).click()
    await page.getByText('There is a new key.').waitFor()
    assert.equal(await term(), before + 1)
    await card(page, 'Encryption key')
      .getByText(String(before + 1), { exact: true })
      .waitFor()
    await card(page, 'Encryption key').getByRole('textbox', { name: 'After days' }).fill('90')
    await card(page, 'Encryption key').getByRole('button', { name: 'Save' }).click()
    await page.getByText('New keys are made like that from now on.').waitFor()
    const config = dataOf(await on.site.server.ask('read', 'sys/rotate/config'))
    assert.equal(config.interval, '2160h0m0s')
    await close()
  })

  test('shows what a policy allows, and says what is missing for the rest', async () => {
    const { page, close } = await visit(on.browser)
    const token = tokenOf(
      await on.site.server.ask('write', 'auth/token/create', { fields: { policies: ['operator'] } }),
    )
    await logIn(page, token)
    await card(page, 'Storage').getByText('Missing: read on sys/storage/check').waitFor()
    await card(page, 'Encryption key').getByText('Key number').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Make a new key' }).count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Seal this node' }).count(), 0)
    await close()
  })

  test('has no place in the navigation of people who may not look at it', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    await page.getByRole('link', { name: 'All places' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Server' }).count(), 0)
    await close()
  })

  test('is sealed after it was said what stops, and goes on here when it is unsealed', async () => {
    const { page, close } = await visit(on.browser)
    await logIn(page)
    await card(page, 'Seal').getByRole('button', { name: 'Seal this node' }).click()
    const dialog = page.getByRole('dialog', { name: 'Seal this node?' })
    await dialog.getByText('nobody can log in, read or store anything here').waitFor()
    await dialog.getByText('until 1 holder of a key share unseals it').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await dialog.getByRole('button', { name: 'Seal this node' }).click()
    const sealed = page.getByRole('dialog', { name: 'The store is sealed' })
    await sealed.getByRole('textbox', { name: 'Key share' }).fill(on.site.server.unsealKey)
    await page.keyboard.press('Enter')
    await sealed.waitFor({ state: 'detached' })
    await card(page, 'Seal').getByText('Open', { exact: true }).waitFor()
    await close()
  })
})
