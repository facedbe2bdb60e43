import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

const vo = 'vo.example.org'

describe('who has access, on the page', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    const alice = await site.tokenFor('alice')
    const bob = await site.tokenFor('bob')
    await site.server.ask('write', `secrets/users/${idOf('alice')}/mail`, {
      token: alice,
      fields: { a: '1' },
    })
    await site.server.ask('write', `secrets/vos/${vo}/db`, { token: alice, fields: { a: '1' } })
    await site.write('team/data/db', { data: { a: '1' } })
    const id = String(
      dataOf(await site.server.ask('read', 'auth/token/lookup-self', { token: bob })).entity_id,
    )
    await site.write(`identity/entity/id/${id}`, { metadata: { name: 'Bob Example' } })
    await site.write('sys/policies/acl/readers', {
      policy: 'path "team/*" { capabilities = ["read", "list"] }',
    })
    await site.write('sys/policies/acl/admin', {
      policy: 'path "sys/policies/*" { capabilities = ["read", "list", "sudo"] }',
    })
    await site.write('identity/group', { name: 'crew', policies: ['readers'], member_entity_ids: [id] })
    await site.write('auth/userpass/users/boss', { password: 'boss', token_policies: 'team,admin' })
    for (const _ of [1, 2]) await site.write('auth/token/create', { policies: ['readers'] })
  })

  const items = (list: Locator) => list.getByRole('listitem').allTextContents()

  test('of a private secret: only you, whatever rights others have', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?secret=mail')
    await page.getByText('Access', { exact: true }).click()
    await page.getByRole('heading', { name: 'Only you' }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('button', { name: 'Who has access' }).click()
    const dialog = page.getByRole('dialog', { name: /^Who has access to secrets\/users\// })
    await dialog.getByRole('heading', { name: 'Only you' }).waitFor()
    await close()
  })

  test('of a private secret names those whom it is open to for the moment', async () => {
    await on.site.server.ask('write', 'sys/spaces/open', {
      fields: { space: `secrets/users/${idOf('alice')}`, reason: 'to test', ttl: '1h' },
    })
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?secret=mail')
    await page.getByText('Access', { exact: true }).click()
    const open = page.getByRole('list', { name: 'Opened for a while' })
    await open.waitFor()
    assert.match(
      (await items(open)).join(),
      /^root: Can read and see names until in 1 hour|^root: Can read and see names until/,
    )
    await close()
  })

  test('of the folder of a VO: what you can do and why, and which groups, without names of people', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Bob', `/ui/vos/${vo}`)
    await page.getByRole('button', { name: 'Who has access' }).click()
    const dialog = page.getByRole('dialog', { name: /^Who has access to/ })
    const you = dialog.getByRole('region', { name: 'You' })
    await you.getByText('You can read and see names.').waitFor()
    await you.getByText(`By the group ${vo}`, { exact: true }).waitFor()
    const groups = await items(dialog.getByRole('list', { name: 'Groups' }))
    assert.equal(groups.length, 2)
    assert.ok(groups.some((text) => text.startsWith(`${vo}Can read and see names`)))
    assert.ok(
      groups.some((text) => text.startsWith(`${vo}:role=managerCan read, change, delete, and see names`)),
    )
    assert.equal(await dialog.getByRole('region', { name: 'People' }).count(), 0)
    assert.deepEqual(await faultsOn(page), [])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await close()
  })

  test('of any secret, for administrators: groups, people, logins and tokens, each with its policy', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/login`)
    await page.getByRole('textbox', { name: 'User name' }).fill('boss')
    await page.getByRole('textbox', { name: 'Password' }).fill('boss')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.getByRole('button', { name: /^Your session/ }).waitFor()
    await page.goto(`${on.site.origin}/ui/places/at?at=team/&secret=db`)
    await page.getByText('Access', { exact: true }).click()
    const people = page.getByRole('list', { name: 'People' })
    await people.waitFor()
    assert.deepEqual(await items(people), [
      'Bob ExampleCan read and see namesBy the group crewBy the policy readers, line 1',
    ])
    assert.deepEqual(await items(page.getByRole('list', { name: 'Groups' })), [
      'crew 1 memberCan read and see namesBy the policy readers, line 1',
    ])
    const logins = await items(page.getByRole('list', { name: 'Logins' }))
    assert.deepEqual(logins.map((text) => text.replace(/Can.*/, '')).sort(), [
      'boss logs in at auth/userpass',
      'guest logs in at auth/userpass',
    ])
    const tokens = await items(page.getByRole('list', { name: 'Tokens' }))
    assert.ok(tokens.some((text) => text.startsWith('2 tokens with default, readersCan read and see names')))
    assert.deepEqual(await faultsOn(page), [])
    await page
      .getByRole('list', { name: 'Groups' })
      .getByRole('link', { name: /readers/ })
      .click()
    await page.getByRole('textbox', { name: 'Text of readers' }).waitFor()
    await close()
  })

  test('is not told where a policy forbids to ask, and says what is missing', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('sys/policies/acl/team', {
      policy:
        'path "team/*" { capabilities = ["read", "list"] }\npath "sys/policies/access-self/*" { capabilities = ["deny"] }',
    })
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=db')
    await page.getByText('Access', { exact: true }).click()
    await page.getByRole('heading', { name: 'You may not do this' }).waitFor()
    await close()
  })
})
