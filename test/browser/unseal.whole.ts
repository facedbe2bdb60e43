import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { type BareSite, startBareSite } from './support/bare.ts'
import { missingChromium, openChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { faultsOn, logInByToken, visit } from './support/visit.ts'

describe('a sealed server on the page', requires(missingChromium()), () => {
  let site: BareSite
  let browser: Browser
  let shares: string[] = []
  let root = ''

  before(async () => {
    site = await startBareSite()
    const made = await site.node.keeper.initialize({ shares: 5, threshold: 3 })
    shares = made.shares.map((share) => share.toString('base64'))
    root = made.rootToken
    browser = await openChromium()
  })
  after(async () => {
    await browser?.close()
    await site?.stop()
  })

  const field = (page: Page) => page.getByRole('textbox', { name: 'Key share' })
  const give = async (page: Page, share: string | undefined) => {
    assert.ok(share !== undefined)
    await field(page).fill(share)
    await page.getByRole('button', { name: 'Give the share' }).click()
  }
  const open = async () => {
    for (const share of shares.slice(0, 3)) await site.node.keeper.unseal(share)
  }

  test('is unsealed at any address, share by share, and goes on there', async () => {
    const { page, close } = await visit(browser)
    await open()
    await logInByToken(page, site, root, '/ui/login?next=/places')
    await page.getByRole('heading', { name: 'All places' }).waitFor()
    await site.node.keeper.seal()
    for (const path of ['/ui/', '/ui/login', '/ui/never/there', '/ui/open#x', '/ui/callback/oidc?code=x']) {
      await page.goto(site.origin + path)
      await page.getByRole('heading', { name: 'The store is sealed' }).waitFor()
    }
    await page.goto(`${site.origin}/ui/places`)
    await page.getByText('0 of 3 shares given').waitFor()
    await page.getByText('3 of 5 shares open it').waitFor()
    await page.getByText(`This is ${new URL(site.origin).host}.`).waitFor()
    assert.equal(await field(page).getAttribute('type'), 'password')
    await give(page, shares[0])
    await page.getByText('1 of 3 shares given').waitFor()
    const state = site.node.keeper.state()
    assert.ok(state.kind === 'sealed' && state.nonce !== '')
    await page.getByText(state.nonce).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await give(page, shares[1])
    await page.getByText('2 of 3 shares given').waitFor()
    await give(page, shares[4])
    await page.getByRole('heading', { name: 'All places' }).waitFor()
    assert.equal(page.url(), `${site.origin}/ui/places`)
    await close()
  })

  test('keeps no share in the page once it is sent', async () => {
    await site.node.keeper.seal()
    const { page, close } = await visit(browser)
    await page.goto(`${site.origin}/ui/`)
    await give(page, shares[2])
    await page.getByText('1 of 3 shares given').waitFor()
    const reach =
      '[document.documentElement.outerHTML, ...[...document.querySelectorAll("input")].map((one) => one.value), location.href, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join()'
    const reached = String(await page.evaluate(reach))
    assert.ok(shares[2] !== undefined && !reached.includes(shares[2]))
    assert.equal(await field(page).inputValue(), '')
    await page.getByRole('button', { name: 'Start over' }).click()
    await page.getByText('0 of 3 shares given').waitFor()
    assert.deepEqual(site.node.keeper.state(), { kind: 'sealed', progress: 0, nonce: '' })
    await close()
  })

  for (const look of looks) {
    test(`has nothing that keeps people out (${look.device}, ${look.colorScheme})`, async () => {
      await site.node.keeper.seal()
      const { page, close } = await visit(browser, look)
      await page.goto(`${site.origin}/ui/`)
      await give(page, shares[0])
      await page.getByText('1 of 3 shares given').waitFor()
      assert.deepEqual(await faultsOn(page), [])
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      await takePicture(page, 'sealed', look)
      await close()
    })
  }

  test('tells a share that is none, one that was given, and shares that do not belong together', async () => {
    await site.node.keeper.seal()
    const { page, close } = await visit(browser)
    await page.goto(`${site.origin}/ui/`)
    await give(page, 'no share at all')
    await page.getByText('This is no share of this store’s key.').waitFor()
    await give(page, shares[0])
    await page.getByText('1 of 3 shares given').waitFor()
    await give(page, shares[0])
    await page.getByText('This share was given already.').waitFor()
    await page.getByText('1 of 3 shares given').waitFor()
    await give(page, shares[1])
    await page.getByText('2 of 3 shares given').waitFor()
    const strange = Buffer.from(shares[2] ?? '', 'base64')
    strange[0] = (strange[0] ?? 0) ^ 1
    await give(page, strange.toString('base64'))
    await page.getByText('These shares do not open the store together').waitFor()
    await page.getByText('0 of 3 shares given').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('by keyboard alone: the field has the focus again after each share', async () => {
    await site.node.keeper.seal()
    const { page, close } = await visit(browser)
    await page.goto(`${site.origin}/ui/login`)
    await page.getByText('0 of 3 shares given').waitFor()
    await page.keyboard.press('Tab')
    for (const [given, share] of shares.slice(0, 3).entries()) {
      assert.equal(await page.locator('input[type=password]:focus').count(), 1, `before share ${given + 1}`)
      await page.keyboard.type(share)
      await page.keyboard.press('Enter')
      if (given < 2) await page.getByText(`${given + 1} of 3 shares given`).waitFor()
    }
    await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    await close()
  })

  test('shows the shares that others give elsewhere, and opens by itself', async () => {
    await site.node.keeper.seal()
    const { page, close } = await visit(browser)
    await page.goto(`${site.origin}/ui/login`)
    await page.getByText('0 of 3 shares given').waitFor()
    await site.node.keeper.unseal(shares[0] ?? '')
    await page.getByText('1 of 3 shares given').waitFor()
    await open()
    await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    await close()
  })

  test('that cannot be reached takes no share, and says so', async () => {
    await site.node.keeper.seal()
    const { page, close } = await visit(browser)
    await page.goto(`${site.origin}/ui/`)
    await page.getByText('0 of 3 shares given').waitFor()
    await page.context().setOffline(true)
    await give(page, shares[0])
    await page.getByText('The server cannot be reached').waitFor()
    assert.equal(await field(page).inputValue(), '')
    await close()
  })
})
