import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, phone, visit } from './support/visit.ts'

describe('QR codes for phones', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('plain/wifi', {
      password: 'correct horse <b>battery</b>',
      several: 'one\ntwo',
      long: 'x'.repeat(1001),
      'key.bin': Buffer.from([0, 255, 7]).toString('base64'),
    })
  })

  /** What a camera reads from where something shows on the screen. */
  async function readFrom(page: Page, part: Locator): Promise<string> {
    const picture = (await part.screenshot()).toString('base64')
    const seen = await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${picture}'), (one) => one.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const surface = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
      surface.drawImage(bitmap, 0, 0)
      const { width, height, data } = surface.getImageData(0, 0, bitmap.width, bitmap.height)
      return { width, height, data: [...data] }
    })()`)
    const { width, height, data } = seen as { width: number; height: number; data: number[] }
    return decodeQR({ width, height, data: Uint8Array.from(data) }, { timeLimit: 5000 })
  }

  const show = (page: Page, name: string) =>
    page.getByRole('button', { name: `QR code of ${name}`, exact: true }).click()

  for (const [colorScheme, viewport] of [
    ['light', undefined],
    ['dark', phone],
  ] as const) {
    test(`a field is read from the screen as it is (${colorScheme})`, async () => {
      const { page, close } = await visit(on.browser, { colorScheme, ...(viewport && { viewport }) })
      await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=wifi')
      await show(page, 'password')
      const dialog = page.getByRole('dialog', { name: 'QR code of password' })
      const picture = dialog.getByRole('img', { name: 'A QR code that holds password' })
      await picture.waitFor()
      assert.deepEqual(await faultsOn(page), [])
      assert.equal(await readFrom(page, picture), 'correct horse <b>battery</b>')
      assert.doesNotMatch(String(await dialog.innerHTML()), /battery/, 'no text beside it tells the value')
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      assert.equal(await picture.count(), 0)
      await show(page, 'several')
      const lines = page.getByRole('img', { name: 'A QR code that holds several' })
      await lines.waitFor()
      await faultsOn(page)
      assert.equal(await readFrom(page, lines), 'one\ntwo')
      await close()
    })
  }

  test('what is too long is refused with words, and a file that is no text has none', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=wifi')
    await show(page, 'long')
    const dialog = page.getByRole('dialog', { name: 'QR code of long' })
    await dialog.getByText('It has 1001 bytes; a phone reads at most 1000').waitFor()
    assert.equal(await dialog.getByRole('img', { name: 'A QR code' }).count(), 0)
    assert.deepEqual(await faultsOn(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Download key.bin' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'QR code of key.bin' }).count(), 0)
    await close()
  })

  test('a one-time link goes to a phone', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/share')
    await page.getByRole('textbox', { name: 'Text' }).fill('the door code is 4711')
    await page.getByRole('button', { name: 'Make the link' }).click()
    const url = await page.getByRole('textbox', { name: 'One-time link' }).inputValue()
    await page.getByRole('button', { name: 'QR code' }).click()
    const picture = page.getByRole('img', { name: 'A QR code that holds One-time link' })
    await picture.waitFor()
    assert.deepEqual(await faultsOn(page), [])
    assert.equal(await readFrom(page, picture), url)
    await page.keyboard.press('Escape')
    await picture.waitFor({ state: 'hidden' })
    assert.equal(await page.getByRole('textbox', { name: 'One-time link' }).inputValue(), url)
    await close()
  })
})
