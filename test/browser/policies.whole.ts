import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { codeOf, dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
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
})
