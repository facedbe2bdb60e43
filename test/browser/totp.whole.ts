import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { encodeQR } from 'qr'
import { readTotp } from '../../web/src/parts/secret/totp/totp.ts'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, phone, visit } from './support/visit.ts'

const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const address = `otpauth://totp/Example:alice?secret=${key}&issuer=Example`

/** As the page shows it. */
function codeAt(time: number, of = address): string {
  const read = readTotp(of)
  const code = 'totp' in read ? read.totp.codeAt(time) : assert.fail(read.fault)
  return `${code.slice(0, code.length / 2)} ${code.slice(code.length / 2)}`
}

/** Five seconds after the beginning of the next code, a minute from now at most. */
const soon = () => (Math.floor(Date.now() / 30_000) + 1) * 30_000 + 5000

describe('one-time codes in secrets', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('plain/login', { password: 'x', totp: address })
  })

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const open = (page: Page, name: string) =>
    logInAsGuest(page, on.site, `/ui/places/at?at=plain/&secret=${name}`)
  const code = (page: Page) => page.locator('[data-code]')

  test('are hidden at first, count down, show the next one at the end, and are copied', async () => {
    const { page, close } = await visit(on.browser)
    const time = soon()
    await open(page, 'login')
    await page.clock.setFixedTime(time)
    await page.getByRole('button', { name: 'Show totp' }).waitFor()
    assert.equal(await page.getByText('otpauth').count(), 0)
    await press(page, 'Show totp')
    await code(page).getByText(codeAt(time), { exact: true }).waitFor()
    await page.getByText('25 s', { exact: true }).waitFor()
    assert.equal(await page.getByText(codeAt(time + 30_000)).count(), 0)
    assert.deepEqual(await faultsOn(page), [])
    await page.clock.setFixedTime(time + 17_000)
    await page.getByText('8 s', { exact: true }).waitFor()
    await page.getByText(codeAt(time + 30_000)).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.clock.setFixedTime(time + 26_000)
    await code(page)
      .getByText(codeAt(time + 30_000), { exact: true })
      .waitFor()
    await press(page, 'Copy the code of totp')
    await page.getByText(/The clipboard is cleared in/).waitFor()
    const copied = String(await page.evaluate('navigator.clipboard.readText()'))
    assert.equal(copied, codeAt(time + 30_000).replace(' ', ''))
    assert.equal(await page.getByText('otpauth').count(), 0)
    await close()
  })

  for (const [by, how] of [
    [180_000, /180|179|181/],
    [-180_000, /behind/],
  ] as const) {
    test(`say that the clock of the device is ${by > 0 ? 'ahead' : 'behind'}`, async () => {
      const { page, close } = await visit(on.browser)
      await open(page, 'login')
      await page.clock.setFixedTime(Date.now() + by)
      await press(page, 'Show totp')
      const note = page.getByRole('note').filter({ hasText: by > 0 ? 'ahead of' : 'behind' })
      assert.match(String(await note.textContent()), how)
      assert.deepEqual(await faultsOn(page), [])
      await close()
    })
  }

  test('are told apart from what makes none', async () => {
    await on.site.write('plain/bad', {
      cut: 'otpauth://totp/a?secret=GEZ',
      counter: `otpauth://hotp/a?secret=${key}&counter=1`,
      other: `otpauth://steam/a?secret=${key}`,
      many: `otpauth://totp/a?secret=${key}&digits=99`,
    })
    const { page, close } = await visit(on.browser)
    await open(page, 'bad')
    for (const [name, text] of [
      ['cut', /This key makes no codes/],
      ['counter', /codes by a counter/],
      ['other', /This address makes no codes/],
      ['many', /codes that nothing takes/],
    ] as const) {
      await press(page, `Show ${name}`)
      await page.getByRole('alert').getByText(text).waitFor()
    }
    assert.deepEqual(await faultsOn(page), [])
    await press(page, 'Copy the code of cut')
    await page.getByText('There is no code to copy.').waitFor()
    await close()
  })

  test('are made of a key, with its settings, on a phone', async () => {
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&new=secret')
    await page.getByLabel('Name', { exact: true }).fill('made')
    await press(page, 'One-time codes (TOTP)')
    const dialog = page.getByRole('dialog', { name: 'One-time codes' })
    const input = dialog.getByRole('textbox', { name: 'Address or key' })
    await input.fill('GEZ1')
    await dialog.getByText(/This key makes no codes/).waitFor()
    assert.equal(await dialog.getByRole('button', { name: 'Use it' }).isDisabled(), true)
    await input.fill(key.toLowerCase().replace(/(.{4})/g, '$1 '))
    await dialog.getByRole('combobox', { name: 'Digits' }).selectOption('8')
    await dialog.getByRole('combobox', { name: 'Seconds' }).selectOption('60')
    await dialog.getByRole('combobox', { name: 'Algorithm' }).selectOption('SHA256')
    // At the end of its time the next code is shown beside it.
    await dialog
      .getByText(/^\d{4} \d{4}$/)
      .first()
      .waitFor()
    assert.deepEqual(await faultsOn(page), [])
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert.equal(wide, false, 'nothing is wider than the phone')
    await dialog.getByRole('button', { name: 'Use it' }).click()
    await press(page, 'Save')
    await page.getByText('made is stored.').waitFor()
    const stored = String(dataOf(await on.site.server.ask('read', 'plain/made')).password)
    assert.match(stored, /^otpauth:\/\/totp\//)
    const expected = `otpauth://totp/a?secret=${key}&digits=8&period=60&algorithm=SHA256`
    assert.equal(codeAt(59_000, stored), codeAt(59_000, expected))
    await close()
  })

  test('are made of an address, or of a QR code in a picture', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&new=secret')
    await press(page, 'One-time codes (TOTP)')
    const dialog = page.getByRole('dialog', { name: 'One-time codes' })
    const choose = async (buffer: Uint8Array) => {
      const opening = page.waitForEvent('filechooser')
      await dialog.getByRole('button', { name: 'Read a QR code from a picture' }).click()
      await (await opening).setFiles({ name: 'code.gif', mimeType: 'image/gif', buffer: Buffer.from(buffer) })
    }
    await choose(Buffer.from('no picture'))
    await dialog.getByText('There is no QR code in this picture that can be read.').waitFor()
    await choose(encodeQR(address, 'gif', { scale: 4 }))
    await dialog.getByText('Example · alice').waitFor()
    assert.equal(await dialog.getByText(/no QR code/).count(), 0)
    const input = dialog.getByRole('textbox', { name: 'Address or key' })
    assert.equal(await input.inputValue(), address)
    assert.equal(await dialog.getByRole('combobox').count(), 0, 'the address has the settings')
    await input.fill(` ${address} `)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(await page.getByRole('textbox', { name: 'Value of password' }).inputValue(), address)
    await close()
  })
})
