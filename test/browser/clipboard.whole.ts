import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { logInAsGuest, visit } from './support/visit.ts'

describe('the clipboard', requires(missingChromium()), () => {
  const on = inBrowser((site) => site.write('plain/pair', { user: 'alice', password: 'x9!kd-Wq20' }))

  const copy = async (page: Page, name: string) => {
    await page.getByRole('button', { name: `Copy ${name}`, exact: true }).click()
    await page.getByText('Copied. The clipboard is cleared in 45 seconds.').first().waitFor()
  }
  const held = async (page: Page) => String(await page.evaluate('navigator.clipboard.readText()'))
  const open = async (page: Page) => {
    await page.clock.install()
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=pair')
  }

  test('is cleared 45 seconds after the last value was copied', async () => {
    const { page, close } = await visit(on.browser)
    await open(page)
    await copy(page, 'user')
    await page.clock.runFor(40_000)
    await copy(page, 'password')
    await page.clock.runFor(44_000)
    assert.equal(await held(page), 'x9!kd-Wq20')
    assert.equal(await page.getByText('The clipboard was cleared.').count(), 0)
    await page.clock.runFor(2000)
    await page.getByText('The clipboard was cleared.').waitFor()
    assert.equal(await held(page), '')
    await close()
  })

  test('is cleared when the page is looked at again, where that was not allowed before', async () => {
    const { page, close } = await visit(on.browser)
    await open(page)
    await copy(page, 'password')
    // As browsers do for a page that is not in front.
    await page.evaluate(`(() => {
      const write = navigator.clipboard.writeText.bind(navigator.clipboard)
      window.refused = 0
      navigator.clipboard.writeText = (text) => {
        if (window.inFront) return write(text)
        window.refused++
        return Promise.reject(new DOMException('not in front', 'NotAllowedError'))
      }
    })()`)
    await page.clock.runFor(46_000)
    await page.waitForFunction('window.refused === 1')
    assert.equal(await held(page), 'x9!kd-Wq20')
    await page.evaluate(`window.inFront = true; window.dispatchEvent(new Event('focus'))`)
    await page.getByText('The clipboard was cleared.').waitFor()
    assert.equal(await held(page), '')
    await close()
  })
})
