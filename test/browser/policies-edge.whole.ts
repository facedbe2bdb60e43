import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { codeOf, dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { endSessionOf, faultsOn, logInAsGuest, visit } from './support/visit.ts'

const admin =
  'path "sys/policies/*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }'
const before =
  '# Of the team.\npath "team/*" {\n  capabilities = ["read", "list"]\n}\npath "team/data/x" { policy = "deny" }\n'

describe('policies, as people meet them', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('auth/userpass/users/guest', { token_policies: 'team,admin' })
  })
  beforeEach(async () => {
    await on.site.write('sys/policies/acl/admin', { policy: admin })
    await on.site.write('sys/policies/acl/crew', { policy: before })
  })

  const stored = async (name: string) =>
    dataOf(await on.site.server.ask('read', `sys/policies/acl/${name}`)).policy
  const editor = (page: Page) => page.getByRole('textbox', { name: /^Text of/ })
  /** At the end of what is there. */
  async function typeAtEnd(page: Page, into: Locator, text: string): Promise<void> {
    await into.click()
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.insertText(text)
  }

  for (const look of looks) {
    const { device, colorScheme, viewport } = look
    test(`are shown, with what decides (${device}, ${colorScheme})`, async () => {
      const { page, close } = await visit(on.browser, { colorScheme, viewport })
      const check = async () => {
        assert.deepEqual(await faultsOn(page), [])
        assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      }
      await logInAsGuest(page, on.site, '/ui/policies')
      await page.getByRole('link', { name: 'crew' }).waitFor()
      await check()
      await page.getByRole('link', { name: 'crew' }).click()
      const simulator = page.getByRole('region', { name: 'Try it' })
      await simulator.getByRole('textbox', { name: 'Path' }).fill('team/data/x')
      await simulator.getByRole('button', { name: 'Try' }).click()
      await simulator.getByText('A rule denies it, whatever others allow.').waitFor()
      await page.locator('.hcl-decides').first().waitFor()
      await check()
      await takePicture(page, 'policies', look)
      await typeAtEnd(page, editor(page), 'path "a/*/b" { capabilities = ["re')
      await page.keyboard.press('Control+Space')
      await page.locator('.cm-tooltip-autocomplete').waitFor()
      await page.locator('.cm-lint-marker-error').waitFor()
      await check()
      await close()
    })
  }

  test('two who edit one: the second is told, sees the lines that differ, and chooses', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=crew')
    await typeAtEnd(page, editor(page), '# mine\n')
    await on.site.write('sys/policies/acl/crew', { policy: `${before}# theirs\n` })
    await page.getByRole('button', { name: 'Save' }).click()
    const told = page.getByRole('alert').filter({ hasText: 'Somebody else changed this policy' })
    await told.getByRole('region', { name: 'theirs' }).getByText('# theirs', { exact: true }).waitFor()
    await told.getByRole('region', { name: 'yours' }).getByText('# mine', { exact: true }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    assert.equal(await stored('crew'), `${before}# theirs\n`)
    await told.getByRole('button', { name: 'Store mine' }).click()
    await page.getByText('The policy crew is stored and in force.').waitFor()
    assert.equal(await stored('crew'), `${before}# mine\n`)

    await typeAtEnd(page, editor(page), '# mine again\n')
    await on.site.write('sys/policies/acl/crew', { policy: `${before}# theirs again\n` })
    await page.getByRole('button', { name: 'Save' }).click()
    await told.getByRole('button', { name: 'Take theirs' }).click()
    await editor(page).getByText('# theirs again').waitFor()
    assert.equal(await stored('crew'), `${before}# theirs again\n`)
    await close()
  })

  test('a new one never takes the place of one that is there', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?new=policy')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Give it a name.').waitFor()
    await page.getByText('Write at least one rule.').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Crew')
    await typeAtEnd(page, editor(page), 'path "a" { policy = "read" }')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').filter({ hasText: 'There is a policy of this name already.' }).waitFor()
    assert.equal(await stored('crew'), before)
    await close()
  })

  test('leaving what is not saved is asked about', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=crew')
    await typeAtEnd(page, editor(page), '# more\n')
    await page.getByRole('link', { name: 'All places' }).click()
    const asked = page.getByRole('dialog', { name: 'Leave without saving?' })
    await asked.getByRole('button', { name: 'Go on editing' }).click()
    await editor(page).getByText('# more').waitFor()
    await page.getByRole('link', { name: 'All places' }).click()
    await asked.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('heading', { name: 'All places' }).waitFor()
    await close()
  })

  test('built-in ones, and those of the configuration, say what they are; default is not deleted', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=root')
    await page.getByRole('heading', { name: 'This policy allows everything' }).waitFor()
    await page.goto(`${on.site.origin}/ui/policies?name=spaces-example`)
    await page.getByText(/follows from the spaces in the server’s configuration/).waitFor()
    await page.goto(`${on.site.origin}/ui/policies?name=response-wrapping`)
    await page.getByText('This policy is built in and cannot be changed.').waitFor()
    await editor(page).click()
    await page.keyboard.insertText('# no')
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0)
    assert.doesNotMatch((await editor(page).textContent()) ?? '', /# no/)
    await page.goto(`${on.site.origin}/ui/policies?name=default`)
    await editor(page).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Delete default' }).count(), 0)
    await page.goto(`${on.site.origin}/ui/policies?name=nowhere`)
    await page.getByRole('heading', { name: 'There is no policy of this name' }).waitFor()
    await close()
  })

  test('who may only read them can try, and change nothing; who may not list them is offered none', async () => {
    await on.site.write('sys/policies/acl/admin', {
      policy: 'path "sys/policies/acl/*" { capabilities = ["read", "list"] }',
    })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies')
    await page.getByRole('link', { name: 'crew' }).click()
    await page.getByText('You may read this policy and not change it.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0)
    const who = page.getByRole('combobox', { name: 'Who' })
    assert.deepEqual(await who.getByRole('option').allTextContents(), [
      'Whoever has this policy alone',
      'I, with the policies I have',
    ])
    await page.getByRole('textbox', { name: 'Path' }).fill('team/x')
    await page.getByRole('button', { name: 'Try' }).click()
    await page.getByText('A rule allows it.').waitFor()

    await on.site.write('sys/policies/acl/admin', { policy: 'path "none" { policy = "read" }' })
    await page.goto(`${on.site.origin}/ui/policies`)
    await page.getByRole('heading', { name: 'You may not do this' }).waitFor()
    await page.getByText('Missing: list on sys/policies/acl').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Policies' }).count(), 0)
    await close()
  })

  test('by keyboard alone: found, changed with a proposal, tried and stored', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=crew')
    const focused = (name: string | RegExp, role: 'button' | 'textbox') =>
      page.getByRole(role, { name }).and(page.locator(':focus'))
    await editor(page).waitFor()
    for (let i = 0; i < 40 && (await focused(/^Text of/, 'textbox').count()) === 0; i++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type('path "plain/*" {\ncapabilities = ["upd')
    await page.locator('.cm-tooltip-autocomplete').waitFor()
    // What has just come up takes no key for a moment, so that nobody chooses what they have not seen.
    await page.evaluate(
      `(async () => { for (let left = 15; left > 0; left--) await new Promise(requestAnimationFrame) })()`,
    )
    await page.keyboard.press('Enter')
    await editor(page).getByText('"update"').waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(/^Text of/, 'textbox').count(), 0, 'Tab leaves the editor')
    for (let i = 0; i < 10 && (await focused('Path', 'textbox').count()) === 0; i++)
      await page.keyboard.press('Tab')
    await page.keyboard.type('plain/x')
    await page.keyboard.press('Enter')
    await page.getByText('The rule that fits this path best does not allow this.').waitFor()
    for (let i = 0; i < 40 && (await focused('Save', 'button').count()) === 0; i++)
      await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText('The policy crew is stored and in force.').waitFor()
    assert.match(String(await stored('crew')), /path "plain\/\*" \{\s+capabilities = \["update"\]\s+\}/)
    await close()
  })

  test('hostile names, texts and rules are shown as they are, and run nothing', async () => {
    const name = '<img src=x onerror=alert(1)>/..%2f?#'
    const text = `# </script><script>alert(1)</script> \u202e\npath "<b>{{identity.entity.name}}</b>/*" { capabilities = ["read"] }\n#${'x'.repeat(60_000)}`
    await on.site.server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: text } })
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies')
    await page.getByRole('link', { name }).click()
    await page.getByRole('heading', { name }).waitFor()
    await editor(page).getByText('</script><script>').waitFor()
    await page.getByRole('textbox', { name: 'Path' }).fill('<b>x</b>/y')
    await page.getByRole('button', { name: 'Try' }).click()
    await page.getByText('No rule fits this path').waitFor()
    assert.equal(await page.locator('main img[src], main b, main script').count(), 0)
    await close()
  })

  test('a text that is too large, and a server that is away, are said; nothing typed is lost', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=crew')
    await typeAtEnd(page, editor(page), '# kept\n')
    await page.route('**/v1/sys/policies/acl/crew', (route) =>
      route.request().method() === 'GET' ? route.fallback() : route.abort(),
    )
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
    await editor(page).getByText('# kept').waitFor()
    await page.unroute('**/v1/sys/policies/acl/crew')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The policy crew is stored and in force.').waitFor()
    await typeAtEnd(page, editor(page), `#${'x'.repeat(530_000)}\n`)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The server would not take this text: see the mark beside it.').waitFor()
    assert.equal(await stored('crew'), `${before}# kept\n`)
    await close()
  })

  test('a session that ends in the middle of an edit: nothing typed is lost', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=crew')
    await typeAtEnd(page, editor(page), '# typed before\n')
    await endSessionOf(page, on.site)
    await page.getByRole('button', { name: 'Save' }).click()
    const again = page.getByRole('dialog', { name: 'Your session has ended' })
    await again.getByRole('textbox', { name: 'User name' }).fill('guest')
    await again.getByRole('textbox', { name: 'Password' }).fill('guest of the house')
    await again.getByRole('button', { name: 'Log in', exact: true }).click()
    await again.waitFor({ state: 'detached' })
    await editor(page).getByText('# typed before').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The policy crew is stored and in force.').waitFor()
    assert.equal(await stored('crew'), `${before}# typed before\n`)
    await close()
  })

  test('one that is deleted meanwhile is said to be, and stays as it was typed', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/policies?name=crew')
    await typeAtEnd(page, editor(page), '# again\n')
    assert.equal(codeOf(await on.site.server.ask('delete', 'sys/policies/acl/crew')), undefined)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('It was deleted after you opened it.').waitFor()
    await page.getByRole('button', { name: 'Store mine' }).click()
    await page.getByText('The policy crew is stored and in force.').waitFor()
    assert.equal(await stored('crew'), `${before}# again\n`)
    await close()
  })

  test('are in German as well', async () => {
    const { page, close } = await visit(on.browser, { locale: 'de-DE' })
    await page.goto(`${on.site.origin}/ui/login`)
    await page.getByRole('textbox', { name: 'Benutzername' }).fill('guest')
    await page.getByRole('textbox', { name: 'Passwort' }).fill('guest of the house')
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await page.getByRole('link', { name: 'Richtlinien' }).click()
    await page.getByRole('link', { name: 'crew' }).click()
    await page.getByRole('textbox', { name: 'Pfad' }).fill('team/data/x')
    await page.getByRole('button', { name: 'Ausprobieren' }).click()
    await page.getByText('Eine Regel verbietet es, was andere auch erlauben.').waitFor()
    await close()
  })
})
