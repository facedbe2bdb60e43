import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { codeOf, dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, visit } from './support/visit.ts'

const admin = `path "sys/policies/*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
`

describe('policies', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('sys/policies/acl/admin', { policy: admin })
    await site.write('sys/policies/acl/readers', { policy: 'path "team/*" { capabilities = ["read"] }\n' })
    await site.write('auth/userpass/users/guest', { token_policies: 'team,admin' })
  })

  const stored = async (name: string) =>
    dataOf(await on.site.server.ask('read', `sys/policies/acl/${name}`)).policy

  const editorOf = (page: Page, name: string) => page.getByRole('textbox', { name: `Text of ${name}` })

  /** By keys: what `fill` does would have the browser put styles into the lines. */
  async function typeOver(page: Page, editor: Locator, text: string): Promise<void> {
    await editor.click()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.press('Delete')
    await page.keyboard.insertText(text)
  }

  test('are listed, written, checked as one types, and deleted with a way back', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    await page.getByRole('link', { name: 'Policies' }).click()
    await page.getByRole('row', { name: /readers/ }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('button', { name: 'New policy' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Plain Readers')
    const text = page.getByRole('textbox', { name: 'Text of the new policy' })
    await typeOver(page, text, 'path "plain/*" {\n  capabilities = ["reed"]\n}')
    await page.locator('.cm-lint-marker-error').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('The server would not take this text').waitFor()
    assert.equal(codeOf(await on.site.server.ask('read', 'sys/policies/acl/plain readers')), 'not_found')
    await typeOver(page, text, 'path "plain/*" {\n  capabilities = ["read"]\n}')
    await page.locator('.cm-lint-marker-error').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The policy plain readers is stored and in force.').waitFor()
    assert.equal(await stored('plain readers'), 'path "plain/*" {\n  capabilities = ["read"]\n}')
    await page.getByRole('heading', { name: 'plain readers' }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await page.getByRole('button', { name: 'Delete plain readers' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('The policy plain readers is back.').waitFor()
    assert.match(String(await stored('plain readers')), /plain/)
    await close()
  })

  test('are tried before they are stored: who could do what, and the rule that decides is marked', async () => {
    await on.site.write('sys/policies/acl/tried', {
      policy:
        'path "team/*" {\n  capabilities = ["read"]\n}\npath "team/data/x" {\n  capabilities = ["deny"]\n}\n',
    })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=tried')
    const simulator = page.getByRole('region', { name: 'Try it' })
    await simulator.getByRole('textbox', { name: 'Path' }).fill('team/data/x')
    await simulator.getByRole('button', { name: 'Try' }).click()
    await simulator.getByText('A rule denies it, whatever others allow.').waitFor()
    const deciding = simulator.getByRole('list', { name: 'This decides' }).getByRole('listitem')
    assert.match((await deciding.textContent()) ?? '', /^team\/data\/xdenyLine 4/)
    const marked = async (kind: string) => page.locator(`.hcl-${kind}`).allTextContents()
    assert.deepEqual(await marked('decides'), ['path "team/data/x" {', '  capabilities = ["deny"]', '}'])
    assert.deepEqual(await marked('overruled'), ['path "team/*" {', '  capabilities = ["read"]', '}'])
    assert.deepEqual(await faultsOn(page), [])

    await typeOver(page, editorOf(page, 'tried'), 'path "team/*" {\n  capabilities = ["read"]\n}')
    await simulator.getByText('A rule allows it.').waitFor()
    assert.deepEqual(await marked('overruled'), [])
    assert.match(String(await stored('tried')), /deny/)
    await simulator.getByRole('combobox', { name: 'What they do' }).selectOption('delete')
    await simulator.getByText('The rule that fits this path best does not allow this.').waitFor()
    await close()
  })

  test('are tried for a person, by whichever group a policy came, and for a private space', async () => {
    const token = await on.site.tokenFor('bob')
    const id = String(dataOf(await on.site.server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
    await on.site.write(`identity/entity/id/${id}`, { metadata: { name: 'Bob Example' } })
    await on.site.write('identity/group', { name: 'crew', policies: ['readers'], member_entity_ids: [id] })
    await on.site.write('sys/policies/acl/admin', {
      policy: `${admin}path "identity/*" { capabilities = ["read", "list", "sudo"] }`,
    })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=readers')
    const simulator = page.getByRole('region', { name: 'Try it' })
    await simulator.getByRole('combobox', { name: 'Who' }).selectOption('person')
    await simulator.getByRole('combobox', { name: 'Person' }).fill('bob ex')
    await page.getByRole('option', { name: /Bob Example/ }).click()
    await simulator.getByRole('textbox', { name: 'Path' }).fill('team/x')
    await simulator.getByRole('button', { name: 'Try' }).click()
    await simulator.getByText('By the group crew').waitFor()
    await simulator.getByRole('combobox', { name: 'Who' }).selectOption('draft')
    await typeOver(page, editorOf(page, 'readers'), 'path "*" { capabilities = ["read"] }')
    await simulator.getByRole('textbox', { name: 'Path' }).fill(`secrets/users/${idOf('alice')}/mail`)
    await simulator.getByText(/this is a private space: only its owner may enter/).waitFor()
    await close()
  })
})
