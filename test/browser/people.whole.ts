import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { listOf, textOf } from '../../src/client/shape.ts'
import { codeOf, dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInByToken, phone, visit } from './support/visit.ts'

describe('people', requires(missingChromium()), () => {
  const on = inBrowser()

  const open = async (path: string, options = {}) => {
    const visited = await visit(on.browser, options)
    await logInByToken(visited.page, on.site, on.site.server.root, `/ui${path}`)
    return visited
  }
  const choose = async (page: Page, what: string) => {
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: what }).click()
  }
  const dialog = (page: Page) => page.getByRole('dialog')
  const alive = async (token: string) =>
    codeOf(await on.site.server.ask('read', 'auth/token/lookup-self', { token })) === undefined
  const entityOf = async (token: string): Promise<string> =>
    textOf(dataOf(await on.site.server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
  const read = (id: string) => on.site.server.ask('read', `identity/entity/id/${id}`)
  const guest = async () => {
    const fields = { password: 'guest of the house' }
    return tokenOf(await on.site.server.ask('write', 'auth/userpass/login/guest', { token: '', fields }))
  }
  const make = async (name: string, fields = {}) =>
    textOf(dataOf(await on.site.server.ask('write', 'identity/entity', { fields: { name, ...fields } })).id)
  const accessorOf = async (method: string) =>
    textOf(dataOf(await on.site.server.ask('read', `sys/auth/${method}`)).accessor)

  test('are found by the name that people know, with their logins, and show what they may do and why', async () => {
    const alice = await entityOf(await on.site.tokenFor('alice'))
    await on.site.write(`identity/entity/id/${alice}`, {
      metadata: { name: 'Alice Example' },
      policies: ['team'],
    })
    await on.site.write('identity/group', { name: 'crew', policies: ['crew'], member_entity_ids: [alice] })
    const crew = textOf(dataOf(await on.site.server.ask('read', 'identity/group/name/crew')).id)
    await on.site.write('identity/group', { name: 'everybody', policies: ['all'], member_group_ids: [crew] })
    const { page, close } = await open('/people')
    await page.getByRole('textbox', { name: 'Filter: People' }).fill(idOf('alice').slice(0, 8))
    await page.getByRole('link', { name: 'Alice Example' }).click()
    await page.getByRole('heading', { name: 'Alice Example', level: 1 }).waitFor()
    const inSection = (name: string) => page.getByRole('region', { name }).getByRole('listitem')
    assert.match(
      (await inSection('Logins').textContent()) ?? '',
      /^[0-9a-f~]+.* at auth\/jwt\/ \(jwt\)Remove$/,
    )
    assert.deepEqual(await inSection('Policies').allTextContents(), [
      'allby the group everybody, which holds one of theirs',
      'crewby the group crew',
      'spaces-example-vo.example.org-readby the group vo.example.org',
      'spaces-example-vo.example.org-writeby the group vo.example.org:role=manager',
      'teamtheir own',
    ])
    await page.getByText('VO vo.example.org: writes').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('are edited: the name that people use, policies, metadata', async () => {
    const id = await make('service', { metadata: { a: '1', b: '2' } })
    const { page, close } = await open(`/people/${id}`)
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await dialog(page).getByRole('textbox', { name: 'What people call them' }).fill('The Service')
    await dialog(page).getByRole('combobox', { name: 'Policies' }).fill('team')
    await page.keyboard.press('Enter')
    await dialog(page).getByRole('textbox', { name: 'Value of entry 1' }).fill('changed')
    await dialog(page).getByRole('button', { name: 'Remove entry 2' }).click()
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'The Service', level: 1 }).waitFor()
    const { name, policies, metadata } = dataOf(await read(id))
    assert.deepEqual([name, policies, metadata], ['service', ['team'], { name: 'The Service', a: 'changed' }])
    await close()
  })

  test('get and lose logins', async () => {
    const id = await make('moved')
    const { page, close } = await open(`/people/${id}`)
    const logins = page.getByRole('region', { name: 'Logins' })
    await logins.getByText('No login leads to this person.').waitFor()
    await logins.getByRole('button', { name: 'Add a login' }).click()
    await dialog(page)
      .getByRole('combobox', { name: 'Login method' })
      .selectOption({ label: 'userpass/ (userpass)' })
    await dialog(page).getByRole('button', { name: 'Add a login' }).click()
    await dialog(page).getByText('Type the name.').waitFor()
    await dialog(page).getByRole('textbox', { name: 'Name at this method' }).fill('guest')
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Add a login' }).click()
    await logins.getByText('at auth/userpass/ (userpass)').waitFor()
    assert.equal(await entityOf(await guest()), id)
    await logins.getByRole('button', { name: 'Remove the login guest' }).click()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await logins.getByText('No login leads to this person.').waitFor()
    assert.notEqual(await entityOf(await guest()), id)
    await close()
  })

  test('are disabled and enabled, which counts for their tokens at once', async () => {
    const token = await on.site.tokenFor('bob')
    const bob = await entityOf(token)
    const { page, close } = await open(`/people/${bob}`)
    await choose(page, 'Disable')
    await dialog(page).getByText('From now on none of their tokens works').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Disable' }).click()
    await page.getByText('This person is disabled').waitFor()
    assert.equal(await alive(token), false)
    await dialog(page).waitFor({ state: 'detached' })
    await choose(page, 'Enable')
    await dialog(page).getByRole('button', { name: 'Enable' }).click()
    await page.getByText('This person is disabled').waitFor({ state: 'detached' })
    assert.equal(await alive(token), true)
    await close()
  })

  test('become one: which of them stays and whose login is chosen, and what happens is said before', async () => {
    const userpass = await accessorOf('userpass')
    const both = [
      await make('first', { metadata: { name: 'First One' }, policies: ['kept'] }),
      await make('second', { metadata: { name: 'Second One', room: '12' }, policies: ['lost'] }),
    ]
    const [first = '', second = ''] = both
    const alias = async (name: string, canonical_id: string, mount_accessor: string) =>
      on.site.write('identity/entity-alias', { name, canonical_id, mount_accessor })
    await alias('one', first, userpass)
    await alias('two', second, userpass)
    await on.site.write('sys/auth/approle', { type: 'approle' })
    await alias('role', second, await accessorOf('approle'))
    await on.site.write('identity/group', { name: 'seconds', member_entity_ids: [second] })
    const { page, close } = await open(`/people/${first}`)
    await choose(page, 'Merge with somebody')
    await dialog(page).getByRole('combobox', { name: 'Merge First One with' }).fill('Second')
    await page.getByRole('option', { name: /^Second One/ }).click()
    const happens = dialog(page).getByRole('list', { name: 'What happens' }).getByRole('listitem')
    await happens.filter({ hasText: 'seconds' }).waitFor()
    assert.deepEqual(await happens.allTextContents(), [
      'Second One is gone; their tokens go on as those of First One.',
      'The login role at auth/approle/ leads to First One.',
      'First One is in the group seconds.',
      'What Second One had by themselves is lost: lost.',
      'Metadata of Second One is lost: name, room.',
    ])
    const merge = dialog(page).getByRole('button', { name: 'Merge', exact: true })
    assert.equal(await merge.isDisabled(), true)
    await dialog(page).getByText('Both have a login at auth/userpass/').waitFor()
    await dialog(page).getByRole('radio', { name: 'Keep two, of Second One' }).check()
    assert.deepEqual(await faultsOn(page), [])
    await merge.click()
    await page.getByText('Second One is now part of First One').waitFor()
    const merged = dataOf(await read(first))
    assert.deepEqual(
      listOf(merged.aliases)
        .map((one) => one.name)
        .sort(),
      ['role', 'two'],
    )
    assert.deepEqual([merged.policies, merged.merged_entity_ids], [['kept'], [second]])
    assert.equal(codeOf(await read(second)), 'not_found')
    await close()
  })

  test('become one that stays in the place of whom one came from; a disabled one opens nothing', async () => {
    const shut = await make('shut', { disabled: true })
    const stays = await make('stays')
    const { page, close } = await open(`/people/${shut}`)
    await choose(page, 'Merge with somebody')
    await dialog(page)
      .getByRole('combobox', { name: /^Merge shut/ })
      .fill('stays')
    await page.getByRole('option', { name: /^stays/ }).click()
    await dialog(page)
      .getByRole('radio', { name: /^stays/ })
      .check()
    await dialog(page).getByText('a merge must not open what was closed').waitFor()
    assert.equal(await dialog(page).getByRole('button', { name: 'Merge', exact: true }).isDisabled(), true)
    await on.site.write(`identity/entity/id/${shut}`, { disabled: false })
    await page.reload()
    await choose(page, 'Merge with somebody')
    await dialog(page)
      .getByRole('combobox', { name: /^Merge shut/ })
      .fill('stays')
    await page.getByRole('option', { name: /^stays/ }).click()
    await dialog(page)
      .getByRole('radio', { name: /^stays/ })
      .check()
    await dialog(page).getByRole('button', { name: 'Merge', exact: true }).click()
    await page.getByRole('heading', { name: 'stays', level: 1 }).waitFor()
    assert.deepEqual(dataOf(await read(stays)).merged_entity_ids, [shut])
    await close()
  })

  test('are deleted, and their tokens end at once', async () => {
    const token = await guest()
    const id = await entityOf(token)
    const { page, close } = await open(`/people/${id}`)
    await choose(page, 'Delete')
    await dialog(page).getByText('All their tokens end at once').waitFor()
    await dialog(page).getByRole('button', { name: 'Show the command' }).click()
    await dialog(page).getByText(`coffer delete identity/entity/id/${id}`).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Delete' }).click()
    await page.getByText('guest was deleted').waitFor()
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor()
    assert.equal(await alive(token), false)
    await close()
  })

  test('are reached, edited and saved by keyboard alone', async () => {
    await make('typist')
    const { page, close } = await open('/space')
    await page
      .getByRole('heading', { level: 1 })
      .or(page.getByRole('heading', { level: 2 }))
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'People', exact: true }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    const filter = page.getByRole('textbox', { name: 'Filter: People' })
    await filter.focus()
    await page.keyboard.type('typist')
    await page.getByText('1 row', { exact: true }).waitFor()
    for (let left = 12; left > 0; left--) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate('document.activeElement?.textContent')) === 'typist') break
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'typist', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Edit', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'What people call them' }).waitFor()
    await page.keyboard.type('The Typist')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The Typist', level: 1 }).waitFor()
    await close()
  })

  test('with hostile names are read as they are', async () => {
    const name = '<img src=x onerror=alert(1)>{{7*7}}'
    const id = await make('hostile', { metadata: { name, '<b>': '<script>alert(2)</script>' } })
    const { page, close } = await open('/people', { viewport: phone })
    await page.getByRole('link', { name }).click()
    await page.getByRole('heading', { name, level: 1 }).waitFor()
    await page.getByText('<script>alert(2)</script>').waitFor()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    assert.deepEqual(await faultsOn(page), [])
    await on.site.write(`identity/entity/id/${id}`, { metadata: { name: 'x'.repeat(3000) } })
    await page.reload()
    await page.getByRole('heading', { name: /^x{3000}$/, level: 1 }).waitFor()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await close()
  })

  test('that are not there, cannot be reached or may not be seen are said to be so', async () => {
    const { page, close } = await open('/people/00000000-0000-4000-8000-000000000000')
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await page.route('**/v1/identity/**', (route) => route.abort())
    await page.goto(`${on.site.origin}/ui/people`)
    await page.getByRole('heading', { name: 'The server cannot be reached' }).waitFor()
    await page.unroute('**/v1/identity/**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor()
    await close()
    const weak = await visit(on.browser)
    const made = await on.site.server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } })
    await logInByToken(weak.page, on.site, tokenOf(made), '/ui/people')
    await weak.page.getByText('Missing: read on identity/entity/details').waitFor()
    assert.equal(await weak.page.getByRole('link', { name: 'People' }).count(), 0)
    await weak.close()
  })
})

const count = 3000

describe('thousands of people', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    for (let made = 0; made < count; made++) {
      const fields = { name: `n${String(made).padStart(4, '0')}` }
      await site.server.ask('write', 'identity/entity', { fields })
    }
  })

  test('come page by page, only those in sight are rows, and all of them are found and sorted', async () => {
    const { page, close } = await visit(on.browser)
    await logInByToken(page, on.site, on.site.server.root, '/ui/people')
    await page.getByText(`${count} rows`).waitFor()
    const rows = page.getByRole('row')
    assert.ok((await rows.count()) < 60)
    const scroll = (to: string) =>
      page.evaluate(`(async () => {
        const list = document.querySelector('section[aria-label="People"]')
        for (let left = 60; left > 0; left--) {
          list.scrollTop = ${to}
          await new Promise(requestAnimationFrame)
        }
        return list.scrollTop
      })()`)
    assert.equal(await scroll('list.scrollTop + 1500'), 90_000)
    assert.ok((await rows.count()) < 60)
    await page.getByRole('button', { name: 'Name' }).click()
    await scroll('0')
    await page.getByRole('link', { name: 'n2999' }).waitFor()
    await page.route('**/v1/identity/entity/details?*after=*', (route) => route.abort())
    await page.reload()
    await page.getByText('500+ rows').waitFor()
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
    await page.unroute('**/v1/identity/entity/details?*after=*')
    await page.reload()
    await page.getByText(`${count} rows`).waitFor()
    await page.getByRole('textbox', { name: 'Filter: People' }).fill('n1234')
    await page.getByText('1 row', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'n1234' }).waitFor()
    await close()
  })
})
