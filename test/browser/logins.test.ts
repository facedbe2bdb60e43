import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { endSessionOf, logInAs, logInAsGuest, visit } from './support/visit.ts'

describe('logins on the page', requires(missingChromium()), () => {
  const on = inBrowser()

  const isIn = (page: Page) => page.getByRole('button', { name: /^Your session/ }).waitFor()
  const toToken = async (page: Page, way: 'Token' | 'One-time token', token: string, submit: string) => {
    await page.goto(`${on.site.origin}/ui/login`)
    await page.getByText(way, { exact: true }).click()
    await page.getByRole('textbox', { name: way }).fill(token)
    await page.getByRole('button', { name: submit, exact: true }).click()
  }

  test('at a provider lead to the address that was asked for', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/places?x=1')
    await page.getByRole('heading', { name: 'All places' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/ui/places')
    assert.ok(!page.url().includes('code='), 'the code does not stay in the address')
    await close()
  })

  test('lead to nowhere but the page', async () => {
    const { page, close } = await visit(on.browser)
    for (const next of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '/../v1/sys/health',
      '/x/%2e%2E/..\\..\\v1/sys/health',
    ]) {
      await logInAsGuest(page, on.site, `/ui/login?next=${encodeURIComponent(next)}`)
      await isIn(page)
      const { origin, pathname } = new URL(page.url())
      assert.deepEqual([origin, pathname], [on.site.origin, '/ui/space'], next)
      await page.context().clearCookies()
    }
    await close()
  })

  test('by name and password, and a wrong one is told', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/`)
    await page.getByRole('textbox', { name: 'User name' }).fill('guest')
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.getByText('The name or the password is not right').waitFor()
    await page.getByRole('textbox', { name: 'Password' }).fill('guest of the house')
    await page.keyboard.press('Enter')
    await isIn(page)
    await page.getByRole('heading', { name: 'You have no space of your own' }).waitFor()
    await close()
  })

  test('by a token, which no script can reach afterwards', async () => {
    const { page, close } = await visit(on.browser)
    const token = tokenOf(
      await on.site.server.ask('write', 'auth/token/create', { fields: { policies: ['team'], ttl: '1h' } }),
    )
    await toToken(page, 'Token', 'hvs.nonsense', 'Log in')
    await page.getByText('This token is not known, or has ended.').waitFor()
    await toToken(page, 'Token', token, 'Log in')
    await isIn(page)
    const reach =
      '[document.cookie, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join()'
    const reached = String(await page.evaluate(reach))
    const session = await page.evaluate(
      `fetch('/ui/session', { headers: { 'x-vault-request': 'true' } }).then((answer) => answer.text())`,
    )
    assert.ok(!reached.includes(token) && !String(session).includes(token))
    await close()
  })

  test('open what was wrapped, once', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('team/data/wrapped', { data: { pin: '4711' } })
    const wrapped = await on.site.server.ask('read', 'team/data/wrapped', { wrapTtl: 300 })
    assert.ok('wrap' in wrapped && wrapped.wrap)
    await toToken(page, 'One-time token', wrapped.wrap.token, 'Open it')
    await page.getByRole('heading', { name: 'This was wrapped for you' }).waitFor()
    await page.getByRole('button', { name: 'Show data' }).click()
    await page.getByText('4711').waitFor()
    await toToken(page, 'One-time token', wrapped.wrap.token, 'Open it')
    await page.getByText(/it was used already/).waitFor()
    await close()
  })

  test('are shared by the tabs of a browser, and so is the end', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/login`)
    const other = await page.context().newPage()
    await other.goto(`${on.site.origin}/ui/login`)
    await logInAsGuest(page, on.site)
    await isIn(page)
    await isIn(other)
    await other.getByRole('button', { name: /^Your session/ }).click()
    await other.getByRole('button', { name: 'Log out', exact: true }).click()
    await other.getByText('You are logged out.').waitFor()
    await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    await close()
  })

  test('end everywhere at once', async () => {
    const first = await visit(on.browser)
    const second = await visit(on.browser)
    await logInAsGuest(first.page, on.site)
    await logInAsGuest(second.page, on.site)
    await isIn(second.page)
    await first.page.getByRole('button', { name: /^Your session/ }).click()
    await first.page.getByRole('button', { name: 'Log out everywhere' }).click()
    await first.page.getByText('You are logged out, on all devices.').waitFor()
    await second.page.reload()
    await second.page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    await first.close()
    await second.close()
  })

  test('say before they end, and can be extended', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('auth/userpass/users/short', {
      password: 'short',
      token_policies: 'team',
      token_ttl: '8m',
    })
    await page.clock.install()
    await logInAsGuest(page, on.site, '/ui/login', 'short')
    await isIn(page)
    await page.clock.fastForward(7 * 60_000)
    await page.getByText('Your session ends soon').waitFor()
    await page.getByRole('button', { name: 'Extend', exact: true }).click()
    await page.getByText('The session was extended.').waitFor()
    await page.getByText('Your session ends soon').waitFor({ state: 'hidden' })
    await close()
  })

  test('that end in the middle of an edit lose nothing that was typed', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/')
    await page.getByRole('button', { name: 'New secret' }).click()
    await page.getByLabel('Name', { exact: true }).fill('half-typed')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('kept in memory')
    await endSessionOf(page, on.site)
    await page.getByRole('button', { name: 'Save' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    await dialog.getByRole('textbox', { name: 'User name' }).fill('guest')
    await dialog.getByRole('textbox', { name: 'Password' }).fill('guest of the house')
    await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    assert.equal(
      await page.getByRole('textbox', { name: 'Value of password' }).inputValue(),
      'kept in memory',
    )
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('half-typed is stored.').waitFor()
    const kept = dataOf(await on.site.server.ask('read', 'team/data/half-typed'))
    assert.equal(JSON.stringify(kept.data), '{"password":"kept in memory"}')
    await close()
  })

  test('of somebody else close what was open, and show nothing of it', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('plain/of-guest', { pin: '4711' })
    await on.site.write('auth/userpass/users/rival', { password: 'rival', token_ttl: '1h' })
    const logInAsRival = async () => {
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
      await dialog.getByRole('textbox', { name: 'User name' }).fill('rival')
      await dialog.getByRole('textbox', { name: 'Password' }).fill('rival')
      await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
      await page.getByText('Somebody else logged in').waitFor()
      await dialog.waitFor({ state: 'hidden' })
    }
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=of-guest')
    await page.getByRole('button', { name: 'Show pin' }).click()
    await page.getByText('4711').waitFor()
    await endSessionOf(page, on.site)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await logInAsRival()
    assert.equal(await page.getByText('4711').count(), 0)
    await page.context().clearCookies()

    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&new=secret')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('typed by guest')
    await page.getByLabel('Name', { exact: true }).fill('half')
    await endSessionOf(page, on.site)
    await page.getByRole('button', { name: 'Save' }).click()
    await logInAsRival()
    assert.equal(await page.getByRole('textbox', { name: 'Value of password' }).count(), 0)
    await close()
  })

  for (const type of ['service', 'batch']) {
    test(`by another ${type} token that belongs to nobody are those of somebody else`, async () => {
      const { page, close } = await visit(on.browser)
      const newToken = async () => {
        const fields = { type, policies: ['team'], ttl: '1h' }
        return tokenOf(await on.site.server.ask('write', 'auth/token/create', { fields }))
      }
      await toToken(page, 'Token', await newToken(), 'Log in')
      await isIn(page)
      await page.goto(`${on.site.origin}/ui/places/at?at=plain/&new=secret`)
      const value = page.getByRole('textbox', { name: 'Value of password' })
      await value.fill('typed by somebody')
      await page.getByLabel('Name', { exact: true }).fill('half')
      await page.context().clearCookies()
      await page.getByRole('button', { name: 'Save' }).click()
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
      await dialog.getByText('Token', { exact: true }).click()
      await dialog.getByRole('textbox', { name: 'Token' }).fill(await newToken())
      await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
      await page.getByText('Somebody else logged in').waitFor()
      assert.equal(await value.inputValue(), '')
      await close()
    })
  }

  test('are looked at once where something is refused, and no more', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(`${on.site.origin}/ui/places/at?at=secrets/users/`)
    await page.getByText('You may not do this').waitFor()
    await page.waitForLoadState('networkidle')
    assert.equal(
      asked.filter((path) => path === '/ui/session').length,
      2,
      'at the start, and after the refusal',
    )
    assert.equal(asked.filter((path) => path.startsWith('/v1/sys/internal/ui/mounts/')).length, 1)
    await close()
  })
})
