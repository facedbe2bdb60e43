import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { isJsonObject, type JsonObject } from '../../src/base/json/json.ts'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, phone, visit } from './support/visit.ts'

const text = 'recovery codes:\n1111 2222\n\n<b>keep</b>'

describe('notes and custom metadata of a secret', requires(missingChromium()), () => {
  const on = inBrowser()

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const notes = (page: Page) => page.getByRole('textbox', { name: 'Notes', exact: true })
  const save = async (page: Page) => {
    await press(page, 'Save')
    await page.getByText('is stored.').waitFor()
    await page.getByRole('button', { name: 'Edit' }).waitFor()
  }
  const stored = async (name: string): Promise<JsonObject> => {
    const token = await on.site.tokenFor('alice')
    return dataOf(await on.site.server.ask('read', `secrets/users/${idOf('alice')}/${name}`, { token }))
  }
  const customOf = async (name: string) => {
    const data = dataOf(await on.site.server.ask('read', `team/metadata/${name}`))
    return { custom: data.custom_metadata, version: data.current_version }
  }

  for (const viewport of [undefined, phone]) {
    const where = viewport === undefined ? '' : ', on a phone'
    test(`notes are written with the fields, hidden until they are asked for, and go again${where}`, async () => {
      const name = viewport === undefined ? 'noted' : 'noted-phone'
      const { page, close } = await visit(on.browser, viewport === undefined ? {} : { viewport })
      await logInAs(page, on.site, 'Alice', '/ui/space?new=secret')
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('textbox', { name: 'Value of password' }).fill('x')
      await notes(page).fill(text)
      assert.deepEqual(await faultsOn(page), [])
      await save(page)
      assert.deepEqual({ ...(await stored(name)) }, { password: 'x', notes: text })

      const section = page.getByRole('region', { name: 'Notes' })
      await section.waitFor()
      assert.equal(await page.getByText('recovery codes').count(), 0)
      await press(page, 'Show Notes')
      assert.equal(await section.getByText('recovery codes').textContent(), text)
      assert.deepEqual(await faultsOn(page), [])
      await press(page, 'Copy Notes')
      await page.getByText(/The clipboard is cleared in/).waitFor()
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), text)

      await press(page, 'Edit')
      await page.getByText('JSON', { exact: true }).click()
      const json = page.getByRole('textbox', { name: 'The secret as JSON' })
      assert.deepEqual(JSON.parse(await json.inputValue()), { password: 'x', notes: text })
      await json.fill('{"password":"y","notes":"short"}')
      await page.getByText('Fields', { exact: true }).click()
      assert.equal(await notes(page).inputValue(), 'short')
      await notes(page).fill('')
      await save(page)
      assert.deepEqual({ ...(await stored(name)) }, { password: 'y' })
      assert.equal(await section.count(), 0)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      await close()
    })
  }

  test('notes are encrypted with the rest, and a field cannot have their name beside them', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/space?new=secret')
    await page.getByLabel('Name', { exact: true }).fill('sealed')
    await page.getByLabel('Name of field 1', { exact: true }).fill('notes')
    await page.getByRole('textbox', { name: 'Value of notes' }).fill('x')
    await notes(page).fill(text)
    await press(page, 'Save')
    await page.getByText('Two fields have this name.').waitFor()
    await page.getByLabel('Name of field 1', { exact: true }).fill('pin')
    await page.getByLabel('Encrypt with a passphrase').check()
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('p')
    await page.getByRole('textbox', { name: 'Passphrase, once more' }).fill('p')
    await press(page, 'Save')
    await page.getByText('sealed is stored.').waitFor()
    const data = await stored('sealed')
    assert.match(String(data.notes), /^gAAAA/)
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('p')
    await press(page, 'Open')
    await press(page, 'Show Notes')
    await page.getByRole('region', { name: 'Notes' }).getByText('recovery codes').waitFor()
    await close()
  })

  test('custom metadata is added, changed and removed, without another version', async () => {
    await on.site.write('team/data/app', { data: { a: '1' } })
    await on.site.write('team/metadata/app', {
      custom_metadata: { owner: 'ops', stage: 'test', other: 'stays' },
    })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=app')
    const shown = page.getByRole('region', { name: 'Custom metadata' })
    await shown.waitFor()
    assert.deepEqual(await shown.getByRole('definition').allTextContents(), ['ops', 'test', 'stays'])
    await press(page, 'Edit')
    await page.getByRole('textbox', { name: 'Metadata stage' }).fill('live')
    await press(page, 'Remove metadata owner')
    await press(page, 'Add metadata')
    await page.getByRole('textbox', { name: 'Name of metadata 3' }).fill('until')
    await page.getByRole('textbox', { name: 'Metadata until' }).fill('x'.repeat(513))
    await press(page, 'Save')
    await page.getByText('At most 512 bytes.').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('textbox', { name: 'Metadata until' }).fill('2030-01-01')
    // What somebody else notes meanwhile stays.
    await on.site.server.ask('patch', 'team/metadata/app', { fields: { custom_metadata: { theirs: 'too' } } })
    await save(page)
    const { custom, version } = await customOf('app')
    assert.ok(isJsonObject(custom ?? null))
    assert.deepEqual(
      { ...(custom as JsonObject) },
      { stage: 'live', other: 'stays', until: '2030-01-01', theirs: 'too' },
    )
    assert.equal(version, 1)
    await shown.getByText('2030-01-01').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('custom metadata comes with a new secret, and is tried again alone where it was refused', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&new=secret')
    await page.getByLabel('Name', { exact: true }).fill('fresh')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('x')
    await press(page, 'Add metadata')
    await page.getByRole('textbox', { name: 'Name of metadata 1' }).fill('owner')
    await page.getByRole('textbox', { name: 'Metadata owner' }).fill('ops')
    await page.route('**/v1/team/metadata/fresh', (route) => route.abort())
    await press(page, 'Save')
    await page.getByText('The secret is stored, its custom metadata is not').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.unroute('**/v1/team/metadata/fresh')
    await save(page)
    const { custom, version } = await customOf('fresh')
    assert.deepEqual({ ...(custom as JsonObject) }, { owner: 'ops' })
    assert.equal(version, 1)
    await close()
  })

  test('custom metadata is written without the right to patch, and not offered without any', async () => {
    await on.site.write('sys/policies/acl/few', {
      policy: `path "team/data/*" { capabilities = ["create", "read", "update"] }
path "team/metadata/*" { capabilities = ["list"] }
path "team/metadata/writer" { capabilities = ["read", "update"] }`,
    })
    await on.site.write('auth/userpass/users/short', { password: 'short', token_policies: 'few' })
    for (const name of ['writer', 'reader']) {
      await on.site.write(`team/data/${name}`, { data: { a: '1' } })
      await on.site.write(`team/metadata/${name}`, { custom_metadata: { one: '1', two: '2' } })
    }
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=writer', 'short')
    await press(page, 'Edit')
    await press(page, 'Remove metadata one')
    await save(page)
    assert.deepEqual({ ...((await customOf('writer')).custom as JsonObject) }, { two: '2' })
    await page.goto(`${on.site.origin}/ui/places/at?at=team/&secret=reader`)
    await page.getByRole('region', { name: 'Custom metadata' }).waitFor()
    await press(page, 'Edit')
    await notes(page).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Add metadata' }).count(), 0)
    await close()
  })
})
