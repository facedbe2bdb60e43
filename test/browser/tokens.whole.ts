import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { textOf } from '../../src/client/shape.ts'
import { codeOf, dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInByToken, phone, visit } from './support/visit.ts'

describe('tokens', requires(missingChromium()), () => {
  const on = inBrowser()

  const open = async (path: string, token?: string, options = {}) => {
    const visited = await visit(on.browser, options)
    await logInByToken(visited.page, on.site, token ?? on.site.server.root, `/ui${path}`)
    return visited
  }
  const create = async (fields = {}, token = on.site.server.root) =>
    tokenOf(
      await on.site.server.ask('write', 'auth/token/create', {
        token,
        fields: { ttl: '1h', policies: ['default', 'job'], ...fields },
      }),
    )
  const lookup = async (token: string) =>
    dataOf(await on.site.server.ask('read', 'auth/token/lookup-self', { token }))
  const alive = async (...tokens: string[]) =>
    Promise.all(
      tokens.map(
        async (token) =>
          codeOf(await on.site.server.ask('read', 'auth/token/lookup-self', { token })) === undefined,
      ),
    )
  const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
  const dialog = (page: Page) => page.getByRole('dialog')
  const end = async (page: Page, name: string) => {
    await page.getByRole('button', { name: `End the token of token-${name}` }).click()
    await dialog(page).getByText('It cannot be brought back').waitFor()
  }
  const confirm = (page: Page) => dialog(page).getByRole('button', { name: 'End', exact: true }).click()

  test('are shown with whose they are, policies, times, uses and what made them', async () => {
    await on.site.write('sys/policies/acl/job', {
      policy: 'path "auth/token/create" { capabilities = ["update"] }',
    })
    await on.site.tokenFor('alice')
    await create({ display_name: 'robot', num_uses: 5 })
    const { page, close } = await open('/tokens')
    const row = rowOf(page, 'robot')
    assert.match((await row.textContent()) ?? '', /default, job/)
    assert.match((await row.textContent()) ?? '', /auth\/token\/create · child of another token/)
    assert.match((await row.textContent()) ?? '', /Uses left5/)
    const { accessor } = await lookup(await create({ display_name: 'sought' }))
    await page.reload()
    await page.getByRole('textbox', { name: 'Filter: Tokens' }).fill(textOf(accessor))
    await rowOf(page, 'sought').waitFor()
    assert.equal(await page.getByRole('row').count(), 2)
    await page.getByRole('textbox', { name: 'Filter: Tokens' }).fill('')
    await rowOf(page, 'auth/jwt/login').getByText('No limit').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('end with what was made with them, which is said before, and count no more at once', async () => {
    const parent = await create({ display_name: 'parent' })
    const child = await create({ display_name: 'child' }, parent)
    const grandchild = await create({ display_name: 'grandchild' }, child)
    const other = await create({ display_name: 'other' })
    const { page, close } = await open('/tokens')
    await end(page, 'parent')
    const also = dialog(page).getByRole('list', { name: 'These end too' }).getByRole('listitem')
    assert.deepEqual(await also.allTextContents(), [
      'token-child auth/token/create',
      'token-grandchild auth/token/create',
    ])
    assert.deepEqual(await faultsOn(page), [])
    await confirm(page)
    await page.getByText('3 tokens have ended').waitFor()
    assert.deepEqual(await alive(parent, child, grandchild, other), [false, false, false, true])
    await rowOf(page, 'parent').waitFor({ state: 'detached' })
    await close()
  })

  test('end alone where that is chosen, and what was made with them goes on', async () => {
    const parent = await create({ display_name: 'maker' })
    const child = await create({ display_name: 'made' }, parent)
    const { page, close } = await open('/tokens')
    await end(page, 'maker')
    await dialog(page).getByText('End it alone').click()
    await confirm(page)
    await page.getByText('The token has ended').waitFor()
    assert.deepEqual(await alive(parent, child), [false, true])
    await close()
  })

  test('mark the session that one looks from, which nobody ends by accident', async () => {
    const above = await create({ display_name: 'above', policies: ['root'] })
    const own = await create({ display_name: 'myself', policies: ['root'] }, above)
    const { page, close } = await open('/tokens', own)
    await rowOf(page, 'myself').getByText('This session').first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'End the token of token-myself' }).count(), 0)
    await end(page, 'above')
    await dialog(page).getByText('Your own session ends with it').waitFor()
    const button = dialog(page).getByRole('button', { name: 'End', exact: true })
    assert.equal(await button.isDisabled(), true)
    await dialog(page).getByRole('checkbox', { name: 'I know' }).check()
    assert.equal(await button.isEnabled(), true)
    await dialog(page).getByRole('button', { name: 'Cancel' }).click()
    assert.deepEqual(await alive(above, own), [true, true])
    await close()
  })

  test('of one person all end at once, however many', async () => {
    const mine = await on.site.tokenFor('bob')
    const theirs = await Promise.all([1, 2, 3].map(() => on.site.tokenFor('bob')))
    const alice = await on.site.tokenFor('alice')
    const bob = textOf((await lookup(mine)).entity_id)
    const { page, close } = await open(`/people/${bob}`)
    await page.getByRole('link', { name: 'Show their tokens' }).click()
    await page.getByText(/^Tokens of /).waitFor()
    await page.getByText('4 rows').waitFor()
    await page.getByRole('button', { name: 'End all' }).click()
    await dialog(page).getByText('4 tokens end').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'End all' }).click()
    await page.getByRole('heading', { name: 'There is no token' }).waitFor()
    assert.deepEqual(await alive(mine, ...theirs, alice), [false, false, false, false, true])
    await close()
  })

  test('of oneself all end but the session that asks for it', async () => {
    const before = await on.site.tokenFor('alice')
    const own = await on.site.tokenFor('alice')
    const id = textOf((await lookup(own)).entity_id)
    await on.site.write(`identity/entity/id/${id}`, { policies: ['everything'] })
    await on.site.write('sys/policies/acl/everything', {
      policy: 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }',
    })
    const { page, close } = await open(`/tokens?person=${id}`, own)
    await page.getByRole('button', { name: 'End all' }).click()
    await dialog(page).getByText('This session goes on.').waitFor()
    await dialog(page).getByRole('button', { name: 'End all' }).click()
    await page.getByText('1 row', { exact: true }).waitFor()
    assert.deepEqual(await alive(before, own), [false, true])
    await close()
  })

  test('fit a phone, and say what is missing to whoever may not see them', async () => {
    const first = await open('/tokens', undefined, { viewport: phone })
    await rowOf(first.page, 'robot').waitFor()
    assert.equal(await first.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    assert.deepEqual(await faultsOn(first.page), [])
    await first.close()
    const weak = await open('/tokens', await create({ display_name: 'weak' }))
    await weak.page.getByText('Missing: read on auth/token/details').waitFor()
    assert.equal(await weak.page.getByRole('link', { name: 'Tokens' }).count(), 1)
    await weak.close()
  })
})

describe('leases', requires(missingChromium()), () => {
  const on = inBrowser()

  test('are a tree by the paths that gave them, in which one, or all below a path, end', async () => {
    const { server, write } = on.site
    const login = async () =>
      tokenOf(
        await server.ask('write', 'auth/userpass/login/guest', {
          token: '',
          fields: { password: 'guest of the house' },
        }),
      )
    const alive = async (token: string) =>
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token })) === undefined
    const [one, two, other] = [await login(), await login(), await on.site.tokenFor('alice')]
    const { page, close } = await visit(on.browser)
    await logInByToken(page, on.site, on.site.server.root, '/ui/tokens')
    await page.getByRole('link', { name: 'Leases' }).click()
    for (const name of ['auth/', 'userpass/', 'login/', 'guest/']) {
      await page.getByRole('link', { name, exact: true }).click()
    }
    await page.getByText('2 rows').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page
      .getByRole('button', { name: /^h[0-9a-f]{64}$/ })
      .first()
      .click()
    await page.getByRole('dialog').getByText('Given out').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click()
    await page.getByText('1 row', { exact: true }).waitFor()
    assert.deepEqual([await alive(one), await alive(two)].sort(), [false, true])
    await page.getByRole('link', { name: 'auth', exact: true }).click()
    await page.getByRole('button', { name: 'End all below auth/userpass/' }).click()
    await page.getByText('Forgets leases even where').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('dialog').getByRole('button', { name: 'End all below' }).click()
    await page.getByText('All leases below auth/userpass/ have ended').waitFor()
    assert.deepEqual([await alive(one), await alive(two), await alive(other)], [false, false, true])
    await write('sys/leases/revoke-prefix/auth/jwt', {})
    await page.reload()
    await page.getByRole('heading', { name: 'There is no lease here' }).waitFor()
    await close()
  })

  test('of one’s own session end only when it is said twice', async () => {
    const fields = { ttl: '1h', policies: ['root'] }
    const token = tokenOf(await on.site.server.ask('write', 'auth/token/create', { fields }))
    const { page, close } = await visit(on.browser)
    await logInByToken(page, on.site, token, '/ui/tokens/leases?prefix=auth/')
    await page.getByRole('button', { name: 'End all below auth/token/' }).click()
    await page.getByText('Your own session is below this path and ends too').waitFor()
    const button = page.getByRole('dialog').getByRole('button', { name: 'End all below' })
    assert.equal(await button.isDisabled(), true)
    await page.getByRole('checkbox', { name: 'I know' }).check()
    await button.click()
    await page.getByText('Your session has ended').waitFor()
    await close()
  })
})
