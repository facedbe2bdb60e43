import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { staticSeal } from '../../src/barrier/seals/static.ts'
import { systemRandom } from '../../src/base/random.ts'
import { requires } from '../support/requires.ts'
import { type BareSite, startBareSite } from './support/bare.ts'
import { missingChromium, openChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, logInByToken, phone, visit } from './support/visit.ts'

describe('the first run on the page', requires(missingChromium()), () => {
  let browser: Browser
  before(async () => {
    browser = await openChromium()
  })
  after(() => browser?.close())

  /** A site that ends with the test, also where it fails. */
  async function onSite(work: (site: BareSite) => Promise<void>, seal?: Parameters<typeof startBareSite>[0]) {
    const site = await startBareSite(seal)
    try {
      await work(site)
    } finally {
      await site.stop()
    }
  }
  const make = async (page: Page, shares: string, threshold: string) => {
    await page.getByRole('textbox', { name: 'Shares' }).fill(shares)
    await page.getByRole('textbox', { name: 'Needed' }).fill(threshold)
    await page.getByRole('button', { name: 'Make the keys' }).click()
  }
  const shownOf = async (page: Page, name: string) => {
    await page.getByRole('button', { name: `Show ${name}`, exact: true }).click()
    const value = String(await page.getByRole('code').textContent())
    await page.getByRole('button', { name: `Hide ${name}`, exact: true }).click()
    return value
  }
  const tickAll = async (page: Page) => {
    for (const box of await page.getByRole('checkbox').all()) await box.check()
  }

  test('makes keys, hands out each share once, opens the store and goes on as root', () =>
    onSite(async (site) => {
      const { page, close } = await visit(browser)
      await page.goto(`${site.origin}/ui/`)
      await page.getByRole('heading', { name: 'A new store' }).waitFor()
      await page.getByText('It will open with key shares').waitFor()
      await page.getByRole('textbox', { name: 'Needed' }).fill('1')
      await page.getByText('With several shares at least two have to be needed.').waitFor()
      assert.ok(await page.getByRole('button', { name: 'Make the keys' }).isDisabled())
      await make(page, '3', '2')
      await page.getByText('They are shown this one time').waitFor()
      await page.getByText('4 still to be put away').waitFor()
      const go = page.getByRole('button', { name: 'Open the store and go on' })
      assert.ok(await go.isDisabled(), 'nothing goes on before all is put away')
      assert.equal(await page.getByRole('code').count(), 0, 'nothing is shown before it is asked for')
      const shares = [await shownOf(page, 'Share 1'), await shownOf(page, 'Share 2')]
      const saved = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download Share 3' }).click()
      const file = await saved
      assert.equal(file.suggestedFilename(), 'coffer-share-3.txt')
      shares.push((await readFile(await file.path(), 'utf8')).trim())
      assert.equal(new Set(shares).size, 3)
      const root = await shownOf(page, 'Root token')
      await tickAll(page)
      await page.getByText('All are in their places.').waitFor()
      await go.click()
      await page.getByRole('heading', { name: 'Set up', exact: true }).waitFor()
      const left = String(
        await page.evaluate(
          '[document.documentElement.outerHTML, document.cookie, location.href, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join()',
        ),
      )
      for (const secret of [...shares, root]) assert.ok(!left.includes(secret), 'it stays nowhere')
      await site.node.keeper.seal()
      for (const share of shares.slice(1)) await site.node.keeper.unseal(share)
      assert.equal(site.node.keeper.state().kind, 'unsealed', 'the shares are the ones that open it')
      await close()
    }))

  test('asks before what is shown once is left', () =>
    onSite(async (site) => {
      const { page, close } = await visit(browser)
      await page.goto(`${site.origin}/ui/`)
      await make(page, '1', '1')
      await page.getByText('They are shown this one time').waitFor()
      const asked = page.waitForEvent('dialog')
      const leaving = page.goto(`${site.origin}/ui/login`).catch(() => undefined)
      const dialog = await asked
      assert.equal(dialog.type(), 'beforeunload')
      await dialog.dismiss()
      await leaving
      await page.getByText('They are shown this one time').waitFor()
      await page.evaluate(
        'window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true)',
      )
      await close()
    }))

  test('of a server that opens by itself shows the root token, and recovery shares where they are wanted', () =>
    onSite(
      async (site) => {
        const { page, close } = await visit(browser, { viewport: phone })
        await page.goto(`${site.origin}/ui/space`)
        await page.getByText('It will open by itself').waitFor()
        await page.getByText('Keep a copy of that file in another place').waitFor()
        assert.equal(await page.getByRole('textbox', { name: 'Shares' }).count(), 0)
        await page.getByRole('checkbox', { name: 'Make recovery shares as well' }).check()
        await make(page, '2', '2')
        await page.getByText('3 still to be put away').waitFor()
        assert.deepEqual(await faultsOn(page), [])
        await tickAll(page)
        await page.getByRole('button', { name: 'Log in and go on' }).click()
        await page.getByRole('heading', { name: 'Set up', exact: true }).waitFor()
        await close()
      },
      (folder) => staticSeal({ folder: join(folder, 'keys'), dataFolder: undefined, random: systemRandom }),
    ))

  test('says that somebody else was faster', () =>
    onSite(async (site) => {
      const { page, close } = await visit(browser)
      await page.goto(`${site.origin}/ui/`)
      await page.getByRole('button', { name: 'Make the keys' }).waitFor()
      await site.node.keeper.initialize({ shares: 1, threshold: 1 })
      await page.getByText('Somebody else has just set this store up').waitFor()
      await page.getByRole('button', { name: 'Go on to the store' }).click()
      await page.getByRole('heading', { name: 'The store is sealed' }).waitFor()
      await close()
    }))

  for (const look of looks) {
    test(`has nothing that keeps people out (${look.device}, ${look.colorScheme})`, () =>
      onSite(async (site) => {
        const { page, close } = await visit(browser, look)
        const check = async (name: string) => {
          assert.deepEqual(await faultsOn(page), [], name)
          assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, name)
          await takePicture(page, name, look)
        }
        await page.goto(`${site.origin}/ui/`)
        await page.getByRole('button', { name: 'Make the keys' }).waitFor()
        await check('set-up-seal')
        await make(page, '3', '2')
        await page.getByRole('button', { name: 'Show Share 1' }).click()
        await check('set-up-shares')
        await page.getByRole('button', { name: 'Hide Share 1' }).click()
        await tickAll(page)
        await page.getByRole('button', { name: 'Open the store and go on' }).click()
        await page.getByRole('textbox', { name: 'Client id' }).fill('coffer')
        await page.getByRole('button', { name: 'Add a VO' }).click()
        await page.getByRole('textbox', { name: 'Group', exact: true }).fill('vo.example.org')
        await page.getByText('write_role = "manager"').waitFor()
        await check('set-up')
        await close()
      }))
  }

  test('lists what is left, and the root token is revoked at the end', () =>
    onSite(async (site) => {
      const { page, close } = await visit(browser)
      const { rootToken, shares } = await site.node.keeper.initialize({ shares: 1, threshold: 1 })
      await site.node.keeper.unseal(shares[0]?.toString('base64') ?? '')
      await logInByToken(page, site, rootToken, '/ui/login?next=/set-up')
      const step = (name: string) => page.getByRole('region', { name, exact: true })
      for (const name of [
        'People log in at an identity provider',
        'VOs share folders',
        'What happens is recorded',
      ]) {
        await step(name).getByText('Still to do').waitFor()
      }
      await step('Keys are made, and the store is open').getByText('Done').waitFor()
      const backup = step('Backups are made')
      await backup.getByRole('checkbox', { name: 'I have seen to it' }).check()
      await backup.getByText('Done').waitFor()
      await step('The root token is revoked').getByRole('button', { name: 'Revoke the root token' }).click()
      const dialog = page.getByRole('dialog', { name: 'Revoke the root token?' })
      await dialog.getByText('Only go on if somebody else may administer this store').waitFor()
      await dialog.getByRole('button', { name: 'Revoke the root token' }).click()
      await page.getByText('You are logged out.').waitFor()
      await page.getByRole('radiogroup').getByText('Token', { exact: true }).click()
      await page.getByRole('textbox', { name: 'Token' }).fill(rootToken)
      await page.getByRole('button', { name: 'Log in', exact: true }).click()
      await page.getByText('This token is not known, or has ended.').waitFor()
      await close()
    }))
})

describe('the guide of a store that people use', requires(missingChromium()), () => {
  const on = inBrowser()
  const step = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

  test('checks that the provider is found, and says which groups there are', async () => {
    const { page, close } = await visit(on.browser)
    await logInByToken(page, on.site, on.site.server.root, '/ui/login?next=/set-up')
    const provider = step(page, 'People log in at an identity provider')
    await provider.getByText('Done').waitFor()
    await provider.getByText(`${on.site.provider.issuer}, as coffer-page`).waitFor()
    await provider.getByRole('button', { name: 'Check it' }).click()
    await provider.getByText(`a login leads to ${new URL(on.site.provider.issuer).host}`).waitFor()
    await step(page, 'VOs share folders').getByText('Done').waitFor()
    await close()
  })

  test('is for those who may set up logins', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    await page.getByRole('link', { name: 'All places' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Set up' }).count(), 0)
    await close()
  })
})

describe('the guide where the provider is away', requires(missingChromium()), () => {
  const on = inBrowser((site) => site.provider.stop())

  test('says that it does not answer', async () => {
    const { page, close } = await visit(on.browser)
    await logInByToken(page, on.site, on.site.server.root, '/ui/login?next=/set-up')
    await page.getByRole('button', { name: 'Check it' }).click()
    await page.getByText('The login service does not answer').waitFor()
    await close()
  })
})
