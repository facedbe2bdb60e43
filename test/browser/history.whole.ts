import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, phone, visit } from './support/visit.ts'

describe('the history of a secret on the page', requires(missingChromium()), () => {
  const on = inBrowser()

  const put = (name: string, data: Record<string, string>) => on.site.write(`team/data/${name}`, { data })
  const open = async (page: Page, name: string) => {
    await logInAsGuest(page, on.site, `/ui/places/at?at=team/&secret=${name}`)
    await page.getByText('History', { exact: true }).click()
  }
  const rowOf = (page: Page, version: number) =>
    page
      .getByRole('list', { name: 'Versions, the newest first' })
      .getByRole('listitem')
      .filter({ has: page.getByText(`Version ${version}`, { exact: true }) })
  const readAs = async (name: string, version?: number) =>
    dataOf(
      await on.site.server.ask('read', `team/data/${name}`, {
        fields: version === undefined ? {} : { version: String(version) },
      }),
    )

  test('shows versions by time and who wrote them, and what changed, hidden at first', async () => {
    await put('db', { user: 'app', password: 'first', old: 'x' })
    const fields = { password: 'guest of the house' }
    const token = tokenOf(
      await on.site.server.ask('write', 'auth/userpass/login/guest', { token: '', fields }),
    )
    const data = { user: 'app', password: 'second', new: 'y' }
    await on.site.server.ask('write', 'team/data/db', { token, fields: { data } })
    await put('db', { user: 'app', password: 'third' })

    const { page, close } = await visit(on.browser)
    await open(page, 'db')
    await rowOf(page, 3).getByText('newest').waitFor()
    await rowOf(page, 2).getByText('You').waitFor()
    assert.match((await rowOf(page, 2).textContent()) ?? '', /\d\d:\d\d|\d:\d\d [AP]M/)

    await rowOf(page, 2).getByRole('button', { name: 'Changes in version 2' }).click()
    const changes = page.getByRole('list', { name: 'From version 1 to 2' })
    await changes.waitFor()
    const texts = await changes.getByRole('listitem').allTextContents()
    assert.deepEqual(texts, ['new · added', 'old · removed', 'password · changed'])
    assert.equal(await page.getByText('second').count(), 0, 'values are hidden at first')
    await changes.getByRole('button', { name: 'Show password' }).click()
    await changes.getByText('first', { exact: true }).waitFor()
    await changes.getByText('second', { exact: true }).waitFor()
    assert.deepEqual(await faultsOn(page), [])

    await page.getByRole('combobox', { name: 'Compared with' }).selectOption('Version 3')
    const others = page.getByRole('list', { name: 'From version 2 to 3' })
    await others.waitFor()
    assert.equal(await page.getByText('second', { exact: true }).count(), 0, 'another pair begins hidden')
    assert.deepEqual(await others.getByRole('listitem').allTextContents(), [
      'new · removed',
      'password · changed',
    ])
    await close()
  })

  test('names who wrote each version, also of two within a second, and who deleted one', async () => {
    const fields = { policies: ['team'], display_name: 'job' }
    const job = tokenOf(await on.site.server.ask('write', 'auth/token/create', { fields }))
    await put('both', { a: '1' })
    const data = { data: { a: '2' } }
    await on.site.server.ask('write', 'team/data/both', { token: job, fields: data })
    await put('both', { a: '3' })
    await on.site.server.ask('write', 'team/delete/both', { token: job, fields: { versions: [1] } })
    const { page, close } = await visit(on.browser)
    await open(page, 'both')
    await rowOf(page, 3).getByText('root', { exact: true }).waitFor()
    await rowOf(page, 2).getByText('job', { exact: true }).waitFor()
    await rowOf(page, 1).getByText('root', { exact: true }).waitFor()
    await rowOf(page, 1)
      .getByText(/^Deleted .* · job$/)
      .waitFor()
    await close()
  })

  test('says of versions from before that nobody knows who wrote them', async () => {
    await on.site.write('sys/mounts/older', { type: 'kv' })
    await on.site.write('older/one', { a: '1' })
    await on.site.write('sys/mounts/older/tune', { options: { version: '2' } })
    await on.site.write('sys/policies/acl/older', {
      policy: 'path "older/*" { capabilities = ["read", "list"] }',
    })
    await on.site.write('auth/userpass/users/guest', { token_policies: 'team,older' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=older/&secret=one')
    await page.getByText('History', { exact: true }).click()
    await rowOf(page, 1).getByText('by whom is not kept').waitFor()
    await close()
  })

  test('rolls back by a version more, and not over what somebody wrote meanwhile', async () => {
    await put('app', { a: 'old' })
    await put('app', { a: 'new' })
    const { page, close } = await visit(on.browser)
    await open(page, 'app')
    await rowOf(page, 1).getByRole('button', { name: 'Roll back to version 1' }).click()
    const dialog = page.getByRole('dialog', { name: 'Roll back to version 1?' })
    await dialog.waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await put('app', { a: 'theirs' })
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await dialog.getByText('Somebody else changed this secret').waitFor()
    assert.equal(JSON.stringify((await readAs('app')).data), '{"a":"theirs"}')

    await rowOf(page, 3).waitFor({ state: 'attached' })
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('Version 4 holds what version 1 held.').waitFor()
    await rowOf(page, 4).getByText('newest').waitFor()
    assert.equal(JSON.stringify((await readAs('app')).data), '{"a":"old"}')
    assert.equal(JSON.stringify((await readAs('app', 3)).data), '{"a":"theirs"}')
    await close()
  })

  test('deleted versions come back, destroyed ones do not, on a phone', async () => {
    await put('key', { a: '1' })
    await put('key', { a: '2' })
    const { page, close } = await visit(on.browser, { viewport: phone, hasTouch: true })
    await open(page, 'key')
    await rowOf(page, 1).getByRole('button', { name: 'Delete version 1' }).click()
    await page.getByText('Version 1 is deleted. It can be brought back.').waitFor()
    await rowOf(page, 1).getByText('deleted', { exact: true }).waitFor()
    assert.equal(
      await rowOf(page, 1)
        .getByRole('button', { name: /^Changes|^Roll back/ })
        .count(),
      0,
    )
    await rowOf(page, 1).getByRole('button', { name: 'Bring back version 1' }).click()
    await rowOf(page, 1).getByRole('button', { name: 'Roll back to version 1' }).waitFor()
    assert.equal(JSON.stringify((await readAs('key', 1)).data), '{"a":"1"}')

    await rowOf(page, 1).getByRole('button', { name: 'Destroy version 1' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Destroy' }).click()
    await page.getByText('Version 1 is destroyed.').waitFor()
    await rowOf(page, 1).getByText('destroyed', { exact: true }).waitFor()
    assert.equal(await rowOf(page, 1).getByRole('button').count(), 0)
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert.equal(wide, false, 'nothing is wider than the phone')
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('a secret whose newest version was deleted shows its history, and comes back from there', async () => {
    await put('lost', { a: 'kept' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=lost')
    await page.getByRole('region', { name: 'lost' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('lost is deleted.').waitFor()
    await page.getByRole('link', { name: 'Secret lost' }).click()
    await page.getByRole('heading', { name: 'This secret is not there any more' }).waitFor()
    await rowOf(page, 1).getByText('deleted', { exact: true }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await rowOf(page, 1).getByRole('button', { name: 'Bring back version 1' }).click()
    await page.getByRole('button', { name: 'Show a' }).waitFor()
    await close()
  })

  test('a place without versions has no history', async () => {
    await on.site.write('plain/one', { a: '1' })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=plain/&secret=one')
    await page.getByText('Use', { exact: true }).waitFor()
    assert.equal(await page.getByText('History', { exact: true }).count(), 0)
    await close()
  })
})
