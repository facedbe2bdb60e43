import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codeOf, dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

describe('the recycle bin', requires(missingChromium()), () => {
  const on = inBrowser()

  const own = `secrets/users/${idOf('alice')}`
  const at = async (path: string) => JSON.stringify(dataOf(await on.site.server.ask('read', path)))
  const restore = (page: Page, name: string) =>
    page.getByRole('button', { name: `Restore ${name}`, exact: true })
  const end = (page: Page, name: string) => page.getByRole('button', { name: `Destroy ${name}`, exact: true })

  test('has what people deleted in their space, in folders too, by keyboard alone', async () => {
    const token = await on.site.tokenFor('alice')
    for (const name of ['mail', 'deep/er/db']) {
      await on.site.server.ask('write', `${own}/${name}`, { token, fields: { name } })
      await on.site.server.ask('delete', `${own}/${name}`, { token })
    }
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await page.getByRole('link', { name: 'My space' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('b')
    await page.getByRole('heading', { name: 'Recycle bin' }).waitFor()
    await restore(page, 'mail').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await restore(page, 'deep/er/db').focus()
    await page.keyboard.press('Enter')
    await page.getByText('deep/er/db is back.').waitFor()
    await restore(page, 'deep/er/db').waitFor({ state: 'detached' })
    const back = await on.site.server.ask('read', `${own}/deep/er/db`, { token })
    assert.equal(JSON.stringify(dataOf(back)), '{"name":"deep/er/db"}')
    await end(page, 'mail').click()
    await page.getByRole('dialog').getByText('Nobody can bring it back').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('dialog').getByRole('button', { name: 'Destroy' }).click()
    await page.getByText('mail is destroyed.').waitFor()
    await page.getByText('Nothing deleted is kept here').waitFor()
    const gone = await on.site.server.ask('write', `sys/kv/restore/${own}/mail`, { token })
    assert.equal(codeOf(gone), 'not_found')
    await close()
  })

  test('of a place with versions has those that are deleted, not those that are destroyed', async () => {
    for (const name of ['back', 'ended', 'destroyed', 'there']) {
      await on.site.write(`team/data/${name}`, { data: { name } })
      if (name !== 'there') await on.site.server.ask('delete', `team/data/${name}`)
    }
    await on.site.write('team/destroy/destroyed', { versions: [1] })
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await logInAsGuest(page, on.site, '/ui/bin?of=team/')
    await restore(page, 'back').waitFor()
    assert.equal(await page.getByRole('button', { name: /^Restore / }).count(), 2)
    assert.deepEqual(await faultsOn(page), [])
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await restore(page, 'back').click()
    await page.getByText('back is back.').waitFor()
    assert.match(await at('team/data/back'), /"name":"back"/)
    await end(page, 'ended').click()
    await page.getByRole('dialog').getByText('Earlier versions stay.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Destroy' }).click()
    await page.getByText('ended is destroyed.').waitFor()
    assert.match(await at('team/metadata/ended'), /"destroyed":true/)
    await close()
  })

  test('puts nothing over a secret that is there now, and says so', async () => {
    await on.site.write('sys/mounts/plain/tune', { deleted_secrets_ttl: '1h' })
    await on.site.write('plain/x', { a: 'old' })
    await on.site.server.ask('delete', 'plain/x')
    await on.site.write('plain/x', { a: 'new' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/bin?of=plain/')
    await restore(page, 'x').click()
    await page.getByText('There is a secret of this name now. Move or delete it first.').waitFor()
    assert.equal(await at('plain/x'), '{"a":"new"}')
    await restore(page, 'x').waitFor()
    await page.route('**/v1/sys/kv/deleted/**', (route) =>
      route.fulfill({ status: 403, json: { errors: ['permission denied'] } }),
    )
    await page.reload()
    await page.getByRole('heading', { name: 'You may not do this' }).waitFor()
    await close()
  })
})
