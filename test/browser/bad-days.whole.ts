import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { plainLook, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

describe('bad days on the page', requires(missingChromium()), () => {
  const on = inBrowser()
  beforeEach(() => on.site.write('team/data/shared', { data: { a: '1', b: '2' } }))

  test('a store that is sealed in the middle of an edit says so, and nothing typed is lost', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/')
    await page.getByRole('link', { name: 'Secret shared' }).click()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('textbox', { name: 'Value of a' }).fill('typed while it was open')
    await on.site.write('sys/seal', {})
    await page.getByRole('button', { name: 'Save' }).click()
    const dialog = page.getByRole('dialog', { name: 'The store is sealed' })
    await dialog.getByText('What you have open is still there.').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await takePicture(page, 'sealed-meanwhile', plainLook)
    await dialog.getByRole('textbox', { name: 'Key share' }).fill(on.site.server.unsealKey)
    await dialog.getByRole('button', { name: 'Give the share' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(
      await page.getByRole('textbox', { name: 'Value of a' }).inputValue(),
      'typed while it was open',
    )
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('shared is stored.').waitFor()
    await close()
  })

  test('a page that is opened while the store is sealed goes on when it is unsealed', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/')
    await page.getByRole('link', { name: 'Secret shared' }).waitFor()
    await on.site.write('sys/seal', {})
    await page.goto(`${on.site.origin}/ui/`)
    await page.getByRole('heading', { name: 'The store is sealed' }).waitFor()
    await on.site.server.node.keeper.unseal(on.site.server.unsealKey)
    await page.getByRole('heading', { name: 'You have no space of your own' }).waitFor()
    await close()
  })

  test('a server that cannot be reached is told apart, and what was open stays', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/')
    await page.getByRole('link', { name: 'Secret shared' }).click()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('textbox', { name: 'Value of a' }).fill('typed offline')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The server cannot be reached').waitFor()
    await takePicture(page, 'unreachable', plainLook)
    assert.equal(await page.getByRole('textbox', { name: 'Value of a' }).inputValue(), 'typed offline')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('shared is stored.').waitFor()
    await close()
  })

  test('a server that is slow is waited for, in words', async () => {
    const { page, close } = await visit(on.browser)
    await page.clock.install()
    await logInAsGuest(page, on.site)
    await page.route('**/v1/team/**', () => {})
    await page.goto(`${on.site.origin}/ui/places/at?at=team/`)
    await page.getByRole('heading', { name: 'team' }).waitFor()
    await page.clock.fastForward(6000)
    await page.getByText('This takes longer than usual.').first().waitFor()
    await takePicture(page, 'slow', plainLook)
    await close()
  })

  test('a button whose work takes long says so, and that it is done', async () => {
    const { page, close } = await visit(on.browser)
    await page.clock.install()
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=shared')
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('textbox', { name: 'Value of a' }).fill('slowly')
    let go = () => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    await page.route('**/v1/team/data/shared', async (route) => {
      await held
      await route.continue()
    })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Save', disabled: true }).waitFor()
    await page.clock.fastForward(6000)
    await page.getByText('This takes longer than usual.').waitFor()
    await takePicture(page, 'slow-button', plainLook)
    await page.clock.resume()
    go()
    await page.getByText('shared is stored.').waitFor()
    await page.getByText('This takes longer than usual.').waitFor({ state: 'hidden' })
    await close()
  })

  test('what one may not do is named', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=secrets/')
    await page.getByRole('heading', { name: /You may not do this/ }).waitFor()
    await page.getByText('Missing: list, read on secrets/').waitFor()
    await takePicture(page, 'denied', plainLook)
    await close()
  })

  test('a secret that is gone, and a page that never was', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=never')
    await page.getByRole('heading', { name: 'This secret is not there any more' }).waitFor()
    await page.goto(`${on.site.origin}/ui/never/there`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await close()
  })

  test('what is too large, and names that cannot be, keep what was typed', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?new=secret')
    const name = page.getByLabel('Name', { exact: true })
    for (const bad of ['a//b', '../up', 'folder/', '.']) {
      await name.fill(bad)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('A name has no empty part').waitFor()
    }
    await takePicture(page, 'name-not-allowed', plainLook)
    await name.fill('large')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('x'.repeat(1_100_000))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('This is too large').waitFor()
    await takePicture(page, 'too-large', plainLook)
    assert.equal(
      (await page.getByRole('textbox', { name: 'Value of password' }).inputValue()).length,
      1_100_000,
    )
    await close()
  })

  for (const mount of ['team', 'plain']) {
    test(`two who edit the same secret are told (${mount})`, async () => {
      const { page, close } = await visit(on.browser)
      const path = mount === 'team' ? 'team/data/both' : 'plain/both'
      const put = (data: Record<string, string>) => on.site.write(path, mount === 'team' ? { data } : data)
      await put({ a: '1', b: '2' })
      await logInAsGuest(page, on.site, `/ui/places/at?at=${mount}/&secret=both`)
      await page.getByRole('button', { name: 'Edit' }).click()
      await page.getByRole('textbox', { name: 'Value of a' }).fill('mine')
      await put({ a: '1', b: 'theirs', c: '3' })
      await page.getByRole('button', { name: 'Save' }).click()
      const told = page.getByRole('alert').filter({ hasText: 'Somebody else changed this secret' })
      await told.getByText('b · another value').waitFor()
      await told.getByText('c · only in theirs').waitFor()
      assert.equal(await told.getByText('theirs', { exact: true }).count(), 0, 'values are hidden at first')
      await told.getByRole('button', { name: 'Show b' }).click()
      const values = await told.getByRole('definition').allTextContents()
      assert.deepEqual(values, ['theirs', '2'])
      if (mount === 'team') await takePicture(page, 'conflict', plainLook)
      assert.deepEqual(await faultsOn(page), [])
      await told.getByRole('button', { name: 'Store mine' }).click()
      await page.getByText('both is stored.').waitFor()
      const answer = dataOf(await on.site.server.ask('read', path))
      const data = mount === 'team' ? answer.data : answer
      assert.equal(JSON.stringify(data), '{"a":"mine","b":"2"}')
      await close()
    })
  }

  test('where what others stored cannot be read, that is said, and nothing of it is made up', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('team/data/unread', { data: { a: '1', b: '2' } })
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=unread')
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('textbox', { name: 'Value of a' }).fill('mine')
    await on.site.write('team/data/unread', { data: { a: '1', b: 'theirs' } })
    await page.route('**/v1/team/data/unread', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    )
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('What they stored cannot be read now').waitFor()
    assert.equal(await page.getByText(/only in/).count(), 0)
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('leaving what is not saved is asked about', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&new=secret')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('typed')
    await page.getByLabel('Name', { exact: true }).fill('unsaved')
    await page.getByRole('link', { name: 'My VOs' }).click()
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('button', { name: 'Go on editing' }).click()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'unsaved')
    await page.getByRole('link', { name: 'My VOs' }).click()
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('heading', { name: 'You are in no virtual organisation' }).waitFor()
    await close()
  })
})
