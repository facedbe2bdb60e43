import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { hostile, nameOf } from './support/hostile.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, logInByToken, visit } from './support/visit.ts'

describe('hostile names and values', requires(missingChromium()), () => {
  const on = inBrowser()

  test('are shown as what they are, and nothing of them runs', async () => {
    const { page, close } = await visit(on.browser)
    const ran: string[] = []
    page.on('dialog', (dialog) => {
      ran.push(dialog.message())
      void dialog.dismiss()
    })
    for (const name of hostile) await on.site.write(`plain/hostile/${nameOf(name)}`, { [name]: name })
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=hostile/')
    for (const name of hostile) {
      await page.getByRole('link', { name: `Secret ${nameOf(name)}`, exact: true }).click()
      await page.getByRole('button', { name: `Show ${name}`, exact: true }).click()
      const value = page.getByRole('definition').locator('bdi')
      await value.waitFor()
      assert.equal(await value.textContent(), name)
      assert.equal(await page.locator('main img, main script').count(), 0)
    }
    assert.deepEqual(ran, [])
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('links lead to secrets alone, and take nothing else for one', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('sys/mounts/keys', { type: 'transit' })
    await on.site.write('keys/keys/mine', {})
    await logInByToken(page, on.site, on.site.server.root)
    await page.goto(`${on.site.origin}/ui/places/at?at=keys/&folder=keys/&secret=mine`)
    await page.getByText('There is no such page').waitFor()
    assert.equal(await page.getByRole('button', { name: /Delete|Edit/ }).count(), 0)
    await close()
  })

  test('directions of writing end where a name ends', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('plain/directions', { '\u202egnp.exe': 'b' })
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=directions')
    await page
      .getByRole('button', { name: /gnp\.exe/ })
      .first()
      .waitFor()
    const found = await page.evaluate("getComputedStyle(document.querySelector('dt bdi')).unicodeBidi")
    assert.equal(found, 'isolate')
    await close()
  })

  test('a line of 500 kB is shown and stays in its place', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('plain/long', { line: 'x'.repeat(500_000) })
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=long')
    await page.getByRole('button', { name: 'Show line' }).click()
    await page.getByRole('button', { name: 'Hide line' }).waitFor()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await close()
  })
})
