import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

describe('a list narrowed to some', requires(missingChromium()), () => {
  const on = inBrowser()

  const narrow = (page: Page, label: string) =>
    page.getByRole('combobox', { name: 'Which names' }).selectOption({ label })
  const secrets = (page: Page) => page.getByRole('link', { name: /^Secret / })

  test('to what expires soon, below the folder too', async () => {
    const soon = new Date(Date.now() + 5 * 24 * 3600_000).toISOString().slice(0, 10)
    for (const [name, expires] of [
      ['e/deep/soon', soon],
      ['e/late', '2999-01-01'],
      ['e/never', 'never'],
    ] as const) {
      await on.site.write(`team/data/${name}`, { data: { a: 'b' } })
      await on.site.write(`team/metadata/${name}`, { custom_metadata: { expires } })
    }
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&folder=e/')
    await page.getByRole('link', { name: 'Secret late' }).waitFor()
    await narrow(page, 'Expires soon')
    await page.getByRole('link', { name: 'Secret deep/soon' }).waitFor()
    assert.equal(await secrets(page).count(), 1)
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('link', { name: 'Secret deep/soon' }).click()
    await page.getByRole('heading', { name: 'soon', level: 2 }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('folder'), 'e/deep/')
    await close()
  })

  test('to what is shared, unused, or last changed by oneself', async () => {
    const alice = await on.site.tokenFor('alice')
    const vo = 'secrets/vos/vo.example.org'
    const write = (token: string, path: string) =>
      on.site.server.ask('write', path, { token, fields: { a: 'b' } })
    await write(alice, `${vo}/of-alice`)
    await on.site.write(`${vo}/of-others`, { a: 'b' })
    await write(alice, `secrets/users/${idOf('alice')}/alone`)
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/vos/vo.example.org')
    await page.getByRole('link', { name: 'Secret of-others' }).waitFor()
    await narrow(page, 'Mine')
    await page.getByRole('link', { name: 'Secret of-others' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Secret of-alice' }).waitFor()
    await page.getByText('Last changed by you.').waitFor()
    await narrow(page, 'Shared')
    await page.getByRole('link', { name: 'Secret of-others' }).waitFor()
    assert.equal(await secrets(page).count(), 2)
    await narrow(page, 'Unused')
    await page.getByRole('heading', { name: 'Nothing here is so' }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('button', { name: 'Show all names' }).click()
    await page.getByRole('link', { name: 'Secret of-others' }).waitFor()
    await page.goto(`${on.site.origin}/ui/space`)
    await page.getByRole('link', { name: 'Secret alone' }).waitFor()
    await narrow(page, 'Shared')
    await page.getByRole('heading', { name: 'Nothing here is so' }).waitFor()
    await close()
  })

  test('says why it cannot be, and looks further when it is asked to', async () => {
    await on.site.write('plain/w/x', { a: 'b' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&folder=w/')
    await page.getByRole('link', { name: 'Secret x' }).waitFor()
    await page.route('**/v1/sys/kv/search', (route) =>
      route.fulfill({ status: 500, json: { errors: ['internal error'] } }),
    )
    await narrow(page, 'Mine')
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await page.unroute('**/v1/sys/kv/search')
    await page.route('**/v1/sys/kv/search', (route) =>
      route.fulfill({ json: { data: { keys: [], after: 'plain/w/a' } } }),
    )
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Nothing so far' }).waitFor()
    await page.unroute('**/v1/sys/kv/search')
    await page.route('**/v1/sys/kv/search', (route) =>
      route.fulfill({ json: { data: { keys: ['plain/w/x'] } } }),
    )
    await page.getByRole('button', { name: 'Look further' }).click()
    await page.getByRole('link', { name: 'Secret x' }).waitFor()
    await close()
  })
})
