import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

const hostile = '<img src=x onerror=alert(1)>\u202Etxt.exe'

/** How much wider than its place the content is. */
const overflow =
  'document.querySelector("#content").scrollWidth - document.querySelector("#content").clientWidth'

describe('the audit log, on the page', requires(missingChromium()), () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-audit-page-'))
  const log = join(folder, 'audit.log')
  after(() => rmSync(folder, { recursive: true }))
  const on = inBrowser(async (site) => {
    await site.write('sys/policies/acl/auditor', {
      policy: `path "sys/audit*" { capabilities = ["create", "read", "update", "delete", "sudo"] }
path "team/*" { capabilities = ["create", "read", "update", "list"] }`,
    })
    await site.write('auth/userpass/users/guest', {
      password: 'guest of the house',
      token_policies: 'auditor',
      token_ttl: '1h',
    })
    await site.write('sys/audit/file', { type: 'file', description: 'for us', options: { file_path: log } })
    await site.write('plain/kept', { password: 'the-value-to-find' })
    await site.write(`plain/${hostile}`, { v: 'x' })
    const token = await site.tokenFor('bob')
    await site.server.ask('read', 'plain/kept', { token, address: '192.0.2.77' })
    for (let i = 0; i < 130; i++) await site.server.ask('read', 'plain/kept', { address: '192.0.2.1' })
    await site.server.ask('delete', 'plain/kept')
  })

  const lines = (page: Page) =>
    page.getByRole('list', { name: 'Lines, the newest first' }).getByRole('listitem')
  const open = async (page: Page, path = '/ui/audit') => {
    await logInAsGuest(page, on.site, path)
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor()
  }

  test('shows who did what, when and from where, the newest first, and all of a line', async () => {
    const { page, close } = await visit(on.browser)
    await open(page)
    await page.getByLabel('Path', { exact: true }).fill('plain/')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    const first = lines(page).first()
    await first.getByText('delete', { exact: true }).waitFor()
    assert.match((await first.textContent()) ?? '', /^delete plain\/keptrootfrom 127\.0\.0\.1/)
    await first.locator('summary').click()
    const whole = JSON.parse((await first.locator('pre').textContent()) ?? '')
    assert.equal(whole.request.path, 'plain/kept')
    assert.equal(whole.type, 'response')
    await close()
  })

  test('filters by person, operation, outcome and path, and goes further back page by page', async () => {
    const { page, close } = await visit(on.browser)
    await open(page)
    await page.getByLabel('Path', { exact: true }).fill('plain/kept')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await lines(page).nth(99).waitFor()
    assert.equal(await lines(page).count(), 100)
    await page.getByRole('button', { name: 'Older lines' }).click()
    await lines(page).nth(132).waitFor()
    await page.getByLabel('Outcome').selectOption('failed')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    const refused = lines(page).filter({ hasText: 'refused or failed' })
    await refused.waitFor()
    assert.match((await refused.textContent()) ?? '', /192\.0\.2\.77/)
    await page.getByLabel('Person').fill('nobody-like-this')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await page.getByRole('heading', { name: 'No such lines' }).waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await lines(page).first().waitFor()
    await close()
  })

  test('finds a value by its hash, and the value is in no address', async () => {
    const { page, close } = await visit(on.browser)
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await open(page)
    await page.getByLabel('Find a value').fill('the-value-to-find')
    await page.getByLabel('Lines', { exact: true }).selectOption('request')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await lines(page).filter({ hasText: 'create plain/kept' }).waitFor()
    assert.equal(await lines(page).filter({ hasText: 'plain/' }).count(), 1)
    assert.ok(addresses.some((url) => url.includes('hmac-sha256')))
    assert.ok(!addresses.some((url) => url.includes('the-value-to-find')))
    await close()
  })

  test('shows hostile names as they are', async () => {
    const { page, close } = await visit(on.browser)
    await open(page)
    await page.getByLabel('Path', { exact: true }).fill('onerror')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    assert.equal(await lines(page).first().locator('summary bdi').first().textContent(), `plain/${hostile}`)
    await close()
  })

  test('says that the chain is whole and up to which signed line, and where it is broken', async () => {
    const { page, close } = await visit(on.browser)
    await open(page)
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page.getByText('The chain is whole').waitFor()
    await page.getByText(/Signed up to line \d+ of the chain/).waitFor()
    const other = join(folder, 'other.log')
    await on.site.write('sys/audit/other', { type: 'file', options: { file_path: other } })
    await on.site.server.ask('read', 'plain/kept', { address: '192.0.2.77' })
    const before = readFileSync(other, 'utf8')
    const at = before.split('\n').findIndex((line) => line.includes('192.0.2.77')) + 1
    writeFileSync(other, before.replace('192.0.2.77', '192.0.2.78'))
    await page.goto(`${on.site.origin}/ui/audit?log=other/`)
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page.getByText('The chain is broken').waitFor()
    const findings = page.getByRole('list', { name: 'What is wrong' }).getByRole('listitem')
    assert.match((await findings.first().textContent()) ?? '', new RegExp(`^Line ${at}: `))
    assert.deepEqual(await faultsOn(page), [])
    await on.site.server.ask('delete', 'sys/audit/other')
    await close()
  })

  test('checks a log file in the browser, and sends nothing of it', async () => {
    const copy = join(folder, 'copy.log')
    copyFileSync(log, copy)
    const { page, close } = await visit(on.browser)
    await open(page, '/ui/audit?part=file')
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url()))
    const choose = async (...files: string[]) => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Choose log files, or drop them here' }).click(),
      ])
      await chooser.setFiles(files)
    }
    await choose(copy)
    await page.getByText('The chain is whole').waitFor()
    assert.deepEqual(sent, [])
    await page.getByRole('button', { name: 'Check another file' }).click()
    const all = readFileSync(copy, 'utf8').split('\n')
    writeFileSync(copy, [...all.slice(0, 20), ...all.slice(21)].join('\n'))
    await choose(copy)
    await page.getByText('The chain is broken').waitFor()
    await page.getByText('Line 21 of copy.log').waitFor()
    await page.getByRole('button', { name: 'Check another file' }).click()
    await page.getByText('From a file', { exact: true }).click()
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the .pub file' }).click(),
    ])
    await chooser.setFiles(copy)
    await choose(log)
    await page.getByText('This is no public key of an audit log.').waitFor()
    await close()
  })

  test('enables a device by a form, shows what each has and how it is, and disables it when that is confirmed', async () => {
    const { page, close } = await visit(on.browser)
    await open(page, '/ui/audit?part=devices')
    const devices = page.getByRole('list', { name: 'Audit devices' }).getByRole('listitem')
    assert.match(
      (await devices.textContent()) ?? '',
      /^filetakes linesFile · Writes to .*audit\.logfor usfirst process: /,
    )
    await page.getByRole('button', { name: 'Enable a device' }).click()
    const dialog = page.getByRole('dialog', { name: 'Enable a device' })
    await dialog.getByRole('button', { name: 'Enable a device' }).click()
    await dialog.getByText('Give it a name without spaces.').waitFor()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('second')
    await dialog.getByLabel('File', { exact: true }).fill('/etc/passwd')
    await dialog.getByRole('button', { name: 'Enable a device' }).click()
    await dialog.getByText(/must lie below/).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await dialog.getByLabel('File', { exact: true }).fill(join(folder, 'second.log'))
    await dialog.getByRole('button', { name: 'Enable a device' }).click()
    await devices.filter({ hasText: 'second.log' }).waitFor()
    await page.getByRole('button', { name: 'Disable second/' }).click()
    const question = page.getByRole('dialog', { name: 'Disable second/?' })
    assert.equal(await question.getByText('the only device').count(), 0)
    await question.getByRole('button', { name: 'Disable' }).click()
    await devices.filter({ hasText: 'second.log' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Disable file/' }).click()
    await page.getByText('It is the only device').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await close()
  })

  test('is not offered to who may not see it, and says what is missing at its address', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/audit')
    await page.getByText(/^Missing: .* on sys\/audit-log$/).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Audit log' }).count(), 0)
    await close()
  })

  test('says so where nothing is recorded, and when the server is away', async () => {
    const { page, close } = await visit(on.browser)
    await page.route('**/v1/sys/audit-log', (route) =>
      route.fulfill({ json: { data: { devices: [], public_key: '' } } }),
    )
    await open(page)
    await page.getByRole('heading', { name: 'Nothing is recorded' }).waitFor()
    await page.unroute('**/v1/sys/audit-log')
    await page.route('**/v1/sys/audit-log*/**', (route) => route.abort())
    await page.reload()
    await page.getByRole('heading', { name: 'The server cannot be reached' }).waitFor()
    await page.unroute('**/v1/sys/audit-log*/**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await lines(page).first().waitFor()
    await close()
  })

  test('by keyboard alone: to the log, a filter, a line', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/space')
    await page.getByRole('link', { name: 'Audit log' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await lines(page).first().waitFor()
    await page.keyboard.press('f')
    await page.keyboard.type(idOf('bob').slice(0, 10))
    await page.keyboard.press('Tab')
    await page.keyboard.type('plain/')
    await page.keyboard.press('Enter')
    await lines(page).filter({ hasText: '192.0.2.77' }).waitFor()
    await lines(page).first().locator('summary').focus()
    await page.keyboard.press('Enter')
    await lines(page).first().locator('pre').waitFor()
    await close()
  })

  for (const look of looks) {
    test(`has nothing that keeps people out: ${look.colorScheme}, ${look.device}`, async () => {
      const { page, close } = await visit(on.browser, look)
      await open(page)
      const check = async (name: string) => {
        assert.deepEqual(await faultsOn(page), [], name)
        assert.equal(await page.evaluate(overflow), 0, name)
      }
      await page.getByRole('button', { name: 'Check the chain' }).click()
      await page.getByText('The chain is whole').waitFor()
      await lines(page).first().waitFor()
      await check('checked')
      await takePicture(page, 'audit', look)
      await lines(page).first().locator('summary').click()
      await lines(page).first().locator('pre').waitFor()
      await check('line')
      await page.getByText('Devices', { exact: true }).click()
      await page.getByRole('list', { name: 'Audit devices' }).waitFor()
      await check('devices')
      await page.getByText('Check a file', { exact: true }).click()
      await page.getByRole('button', { name: 'Choose log files, or drop them here' }).waitFor()
      await check('file')
      await close()
    })
  }
})
