import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { textOf, textsOf } from '../../src/client/shape.ts'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInByToken, phone, visit } from './support/visit.ts'

const dialog = (page: Page) => page.getByRole('dialog')

describe('groups', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.tokenFor('alice')
  })
  const read = async (path: string) => dataOf(await on.site.server.ask('read', `identity/${path}`))
  const open = async (path: string, options = {}) => {
    const visited = await visit(on.browser, options)
    await logInByToken(visited.page, on.site, on.site.server.root, `/ui${path}`)
    return visited
  }

  test('of a VO are known as such, with whom logins put there, and by which name', async () => {
    const { page, close } = await open('/groups')
    const row = page.getByRole('row').filter({ hasText: 'vo.example.org:role=manager' })
    await row.getByText('VO vo.example.org: writes').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await row.getByRole('link').click()
    await page.getByText('As of their last logins.').waitFor()
    await page.getByRole('region', { name: 'People' }).getByRole('link').waitFor()
    await page.getByRole('region', { name: 'At the login' }).getByText('at auth/jwt/ (jwt)').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Add a person' }).count(), 0)
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('are made, get people and groups, lose them, and are deleted', async () => {
    const { page, close } = await open('/groups')
    await page.getByRole('button', { name: 'New group' }).click()
    await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Physics')
    await dialog(page).getByRole('combobox', { name: 'Policies' }).fill('team')
    await page.keyboard.press('Enter')
    await dialog(page).getByRole('button', { name: 'Show the command' }).click()
    await dialog(page)
      .getByText(/coffer write identity\/group name=Physics policies=team type=internal/)
      .waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Physics', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Add a person' }).click()
    await dialog(page).getByRole('combobox', { name: 'Person' }).click()
    await page.getByRole('option').first().click()
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click()
    const people = page.getByRole('region', { name: 'People' })
    await people.getByRole('link').waitFor()
    const physics = await read('group/name/physics')
    assert.deepEqual([physics.policies, textsOf(physics.member_entity_ids).length], [['team'], 1])

    await page.getByRole('button', { name: 'Add a group' }).click()
    await dialog(page).getByRole('combobox', { name: 'Group' }).fill('manager')
    await page.getByRole('option', { name: 'vo.example.org:role=manager' }).click()
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click()
    const inside = page.getByRole('region', { name: 'Groups in it' })
    await inside.getByRole('link', { name: 'vo.example.org:role=manager' }).waitFor()
    assert.equal(textsOf((await read('group/name/physics')).member_group_ids).length, 1)

    await inside.getByRole('button', { name: /^Remove / }).click()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await inside.getByText('No group is in it.').waitFor()
    await dialog(page).waitFor({ state: 'detached' })
    await people.getByRole('button', { name: /^Remove / }).click()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { name: 'Nobody is in it' }).waitFor()
    const emptied = await read('group/name/physics')
    assert.deepEqual([emptied.member_entity_ids, emptied.member_group_ids], [[], []])

    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog(page).getByText('They no longer get by it: team.').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Physics was deleted').waitFor()
    await page.getByRole('heading', { name: 'Groups', level: 1 }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Physics' }).count(), 0)
    await close()
  })

  test('that are external get and lose the name by which logins say them', async () => {
    await on.site.write('identity/group', { name: 'outside', type: 'external' })
    const { page, close } = await open('/groups', { viewport: phone })
    await page.getByRole('link', { name: 'outside' }).click()
    await page.getByText('No login says it, so nobody is in it.').waitFor()
    await page.getByRole('button', { name: 'Set the name' }).click()
    await dialog(page)
      .getByRole('combobox', { name: 'Login method' })
      .selectOption({ label: 'userpass/ (userpass)' })
    await dialog(page).getByRole('textbox', { name: 'Name that the provider gives' }).fill('urn:x:outside')
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await page.getByText('at auth/userpass/ (userpass)').waitFor()
    const { alias } = await read('group/name/outside')
    assert.equal(textOf(Object.entries(alias ?? {}).find(([name]) => name === 'name')?.[1]), 'urn:x:outside')
    await page.getByRole('button', { name: 'Remove the name at the login' }).click()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No login says it, so nobody is in it.').waitFor()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    assert.deepEqual((await read('group/name/outside')).alias, {})
    await close()
  })
})

describe('quotas', requires(missingChromium()), () => {
  const on = inBrowser()

  test('are made, shown with what they cover, changed and deleted, and limit from the next request on', async () => {
    const { page, close } = await visit(on.browser)
    await logInByToken(page, on.site, on.site.server.root, '/ui/quotas')
    await page.getByRole('heading', { name: 'There is no quota' }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('button', { name: 'New quota' }).click()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Letters, digits, underscores; dots and dashes within.').waitFor()
    await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('guests')
    await dialog(page).getByRole('textbox', { name: 'What it covers' }).fill('auth/userpass/login/*')
    await dialog(page).getByRole('textbox', { name: 'Requests' }).fill('2')
    await dialog(page).getByRole('textbox', { name: 'In how many seconds' }).fill('600')
    assert.deepEqual(await faultsOn(page), [])
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    const row = page.getByRole('row').filter({ hasText: 'guests' })
    await row.getByText('2 requests in 600 seconds').waitFor()
    await row.getByText('auth/userpass/login/*').waitFor()
    assert.deepEqual(await faultsOn(page), [])

    const login = () =>
      page.evaluate(`fetch('/v1/auth/userpass/login/nobody', { method: 'POST', body: '{"password":"x"}' })
        .then(({ status }) => status)`)
    assert.deepEqual([await login(), await login(), await login()], [400, 400, 429])

    await row.getByRole('button', { name: 'Edit guests' }).click()
    await dialog(page).getByRole('textbox', { name: 'Requests' }).fill('5')
    await dialog(page).getByText('For all together').click()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await row.getByText('5 requests in 600 seconds').waitFor()
    const path = 'sys/quotas/rate-limit/guests'
    const { rate, group_by } = dataOf(await on.site.server.ask('read', path))
    assert.deepEqual([rate, group_by], [5, 'none'])

    await row.getByRole('button', { name: 'Delete guests' }).click()
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('heading', { name: 'There is no quota' }).waitFor()
    assert.notEqual(await login(), 429)
    await close()
  })
})
