import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codeOf, dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { run, shownCommand } from './support/shell.ts'
import { inBrowser } from './support/suite.ts'
import { desktop, faultsOn, logInAsGuest, phone, visit } from './support/visit.ts'

const everything = `path "*" { capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"] }`

describe('engines and auth methods', requires(missingChromium()), () => {
  let token = ''
  const on = inBrowser(async (site) => {
    await site.write('sys/policies/acl/everything', { policy: everything })
    await site.write('auth/userpass/users/keeper', {
      password: 'keeper of the house',
      token_policies: 'everything',
    })
    await site.write('sys/auth/keys', { type: 'jwt' })
    await site.write('auth/keys/config', {
      jwks_url: 'https://keys.example.org/keys',
      default_role: 'first',
      skip_jwks_validation: true,
    })
    const fields = { password: 'keeper of the house' }
    token = tokenOf(await site.server.ask('write', 'auth/userpass/login/keeper', { token: '', fields }))
  })

  async function logInAsKeeper(page: Page, path: string): Promise<void> {
    await page.goto(on.site.origin + path)
    await page.getByRole('textbox', { name: 'User name' }).fill('keeper')
    await page.getByRole('textbox', { name: 'Password' }).fill('keeper of the house')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.getByRole('button', { name: /^Your session/ }).waitFor()
  }
  const read = async (path: string) => dataOf(await on.site.server.ask('read', path))

  test('lists what is mounted, with type, description, version and accessor', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsKeeper(page, '/ui/space')
    await page.getByRole('link', { name: 'Engines', exact: true }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    const row = page.getByRole('row', { name: /team\// })
    await row.waitFor()
    const { accessor } = (await read('sys/mounts'))['team/'] as { accessor: string }
    const text = (await row.textContent()) ?? ''
    for (const part of ['kv 2', 'of the team', accessor]) assert.ok(text.includes(part), part)
    assert.match(text, /v\d+\.\d+\.\d+/)
    await page.getByText('Auth methods', { exact: true }).click()
    await page.getByRole('row', { name: /userpass\/.*guests/ }).waitFor()
    await close()
  })

  test('enables an engine of a type that the server has, tunes, moves and disables it', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsKeeper(page, '/ui/engines')
    await page.getByRole('button', { name: 'Enable an engine' }).click()
    const dialog = page.getByRole('dialog')
    const type = dialog.getByRole('combobox', { name: 'Type' })
    const { secret } = (await read('sys/plugins/catalog')) as { secret: string[] }
    assert.deepEqual(await type.locator('option').allInnerTexts(), secret)
    await type.selectOption('kv')
    await dialog.getByRole('textbox', { name: 'Path' }).fill('lab/notes')
    await dialog.getByRole('textbox', { name: 'description' }).fill('<b>of the lab</b>')
    const enabling = await shownCommand(dialog, 'coffer')
    await dialog.getByRole('button', { name: 'Enable', exact: true }).click()
    await page.getByRole('heading', { name: 'lab/notes/' }).waitFor()
    const mounts = await read('sys/mounts')
    assert.equal((mounts['lab/notes/'] as { description: string }).description, '<b>of the lab</b>')
    assert.deepEqual((mounts['lab/notes/'] as { options: object }).options, { version: '2' })

    const ttl = page.getByRole('textbox', { name: 'max_lease_ttl' })
    await ttl.fill('36h')
    const tuning = await shownCommand(page.locator('main'), 'curl')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings of lab/notes/ are saved.').waitFor()
    assert.equal((await read('sys/mounts/lab/notes/tune')).max_lease_ttl, 129_600)
    assert.equal((await read('sys/mounts/lab/notes/tune')).description, '<b>of the lab</b>')

    await page.getByRole('button', { name: 'Move', exact: true }).click()
    await dialog.getByRole('button', { name: 'Move', exact: true }).click()
    await dialog.getByText('This is where it is already.').waitFor()
    await dialog.getByRole('textbox', { name: 'New path' }).fill('lab/book')
    await dialog.getByRole('button', { name: 'Move', exact: true }).click()
    await page.getByRole('heading', { name: 'lab/book/' }).waitFor()

    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByRole('textbox', { name: 'Type lab/book/ to go on' }).fill('lab/boo')
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByText('This is not its path.').waitFor()
    assert.ok('lab/book/' in (await read('sys/mounts')))
    const disabling = await shownCommand(dialog, 'coffer')
    await dialog.getByRole('textbox', { name: 'Type lab/book/ to go on' }).fill('lab/book')
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('lab/book/ is disabled.').waitFor()
    assert.ok(!('lab/book/' in (await read('sys/mounts'))))

    await run(enabling, token)
    await run(tuning, token)
    assert.equal((await read('sys/mounts/lab/notes/tune')).max_lease_ttl, 129_600)
    await on.site.write('sys/remount', { from: 'lab/notes', to: 'lab/book' })
    await run(disabling, token)
    assert.ok(!('lab/book/' in (await read('sys/mounts'))))
    await close()
  })

  test('users of a method by a form of their own shape; a password is never shown, and stays', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsKeeper(page, '/ui/engines?kind=auth&at=userpass/')
    await page.getByRole('link', { name: 'users' }).click()
    await page.getByRole('button', { name: 'New', exact: true }).click()
    await page.getByRole('textbox', { name: 'username' }).fill('carla')
    await page.getByRole('textbox', { name: 'password', exact: true }).fill('of carla alone')
    const commands = await shownCommand(page.locator('main'), 'coffer')
    assert.doesNotMatch(commands.text, /of carla alone/)
    await page.getByText('About the tokens of its logins').click()
    await page.getByRole('textbox', { name: 'token_ttl' }).fill('90 parsecs')
    await page.getByText('This is not a span such as 90, 15m or 1h30m.').waitFor()
    await page.getByRole('textbox', { name: 'token_ttl' }).fill('1h30m')
    await page.getByRole('textbox', { name: 'token_policies' }).fill('team')
    await page.getByRole('combobox', { name: 'token_type' }).selectOption('service')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'carla' }).waitFor()
    const made = await read('auth/userpass/users/carla')
    assert.deepEqual([made.token_ttl, made.token_policies, made.token_type], [5400, ['team'], 'service'])

    await page.getByText('About the tokens of its logins').click()
    const policies = page.getByRole('textbox', { name: 'token_policies' })
    assert.equal(await policies.inputValue(), 'team')
    assert.equal(await page.getByRole('textbox', { name: 'password', exact: true }).inputValue(), '')
    await policies.fill('team\nother')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('carla is saved.').waitFor()
    assert.deepEqual((await read('auth/userpass/users/carla')).token_policies, ['team', 'other'])
    const fields = { password: 'of carla alone' }
    const login = await on.site.server.ask('write', 'auth/userpass/login/carla', { token: '', fields })
    assert.notEqual(tokenOf(login), '')

    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('carla is deleted.').waitFor()
    assert.equal(codeOf(await on.site.server.ask('read', 'auth/userpass/users/carla')), 'not_found')
    await close()
  })

  test('the configuration of a method as the server has it, and what it says of a bad one', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsKeeper(page, '/ui/engines?kind=auth&at=keys/&part=config')
    const url = page.getByRole('textbox', { name: 'jwks_url' })
    assert.equal(await url.inputValue(), 'https://keys.example.org/keys')
    await page.getByText('type them again, or they are gone').waitFor()
    await page.getByRole('textbox', { name: 'bound_issuer' }).fill('https://issuer.example.org')
    await page.getByRole('combobox', { name: 'skip_jwks_validation' }).selectOption('Yes')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('config is saved.').waitFor()
    const { jwks_url, default_role, bound_issuer } = await read('auth/keys/config')
    assert.deepEqual(
      [jwks_url, default_role, bound_issuer],
      ['https://keys.example.org/keys', 'first', 'https://issuer.example.org'],
    )
    await page.getByRole('textbox', { name: 'oidc_discovery_url' }).fill('https://other.example.org')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/exactly one of 'jwt_validation_pubkeys'/).waitFor()
    await page.getByRole('link', { name: 'role', exact: true }).click()
    await page.getByText('Leave without saving?').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('button', { name: 'New', exact: true }).waitFor()
    await close()
  })

  test('shows nothing of it to who may not, and says what is missing', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/space')
    assert.equal(await page.getByRole('link', { name: 'Engines' }).count(), 0)
    await page.goto(`${on.site.origin}/ui/engines`)
    await page.getByText('You may not do this').waitFor()
    await page.getByText('Missing: read on sys/mounts').waitFor()
    await close()
  })

  test('a mount that is gone, one that is taken, a slow server', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsKeeper(page, '/ui/engines?kind=secrets&at=nowhere/')
    await page.getByText('Nothing is mounted here').waitFor()
    await page.goto(`${on.site.origin}/ui/engines`)
    await page.getByRole('button', { name: 'Enable an engine' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Path' }).fill('team')
    await dialog.getByRole('button', { name: 'Enable', exact: true }).click()
    await dialog.getByText(/path is already in use at team/).waitFor()
    assert.equal(await dialog.getByRole('textbox', { name: 'Path' }).inputValue(), 'team')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.clock.install()
    await page.route('**/v1/sys/auth', () => {})
    await page.getByText('Auth methods', { exact: true }).click()
    await page.clock.runFor(6000)
    await page.getByText('This takes longer than usual. The server is still working on it.').waitFor()
    await close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [desktop, phone]) {
      test(`keeps nobody out: ${colorScheme}, ${viewport.width} pixels wide`, async () => {
        const { page, close } = await visit(on.browser, { colorScheme, viewport })
        await logInAsKeeper(page, '/ui/engines?kind=auth')
        const look = async (name: string) => {
          assert.deepEqual(await faultsOn(page), [], name)
          assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, name)
        }
        await page.getByRole('link', { name: 'userpass/' }).waitFor()
        await look('all methods')
        await page.getByRole('button', { name: 'Enable a method' }).click()
        await page.getByRole('dialog').getByRole('combobox', { name: 'Type' }).waitFor()
        await look('enable')
        await page.keyboard.press('Escape')
        await page.getByRole('link', { name: 'userpass/' }).click()
        await page.getByRole('button', { name: 'Disable' }).click()
        await page
          .getByRole('dialog')
          .getByRole('textbox', { name: 'Type auth/userpass/ to go on' })
          .waitFor()
        await look('settings and disable')
        await page.keyboard.press('Escape')
        await page.getByRole('link', { name: 'users' }).click()
        await page.getByRole('link', { name: 'guest' }).waitFor()
        await look('users')
        await page.getByRole('link', { name: 'guest' }).click()
        await page.getByText('About the tokens of its logins').click()
        await look('a user')
        await page.goto(`${on.site.origin}/ui/engines?at=sys/&part=config/cors`)
        await page.getByRole('button', { name: 'Save' }).waitFor()
        await look('configuration of the server')
        await close()
      })
    }
  }
})
