import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { parse } from 'yaml'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { root } from '../support/server.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

describe('sharing', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('team/data/shared', { data: { user: 'alice', password: 'correct horse' } })
  })

  /** A link with a text in it. */
  async function linkWith(page: Page, text: string): Promise<string> {
    await page.getByRole('link', { name: 'Share', exact: true }).click()
    await page.getByRole('textbox', { name: 'Text' }).fill(text)
    await page.getByRole('button', { name: 'Make the link' }).click()
    return page.getByRole('textbox', { name: 'One-time link' }).inputValue()
  }

  test('a text once, with whoever is not logged in', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    const url = await linkWith(page, 'the door code is 4711')
    assert.match(url, new RegExp(`^${on.site.origin}/ui/open#[\\w.-]+$`))
    await page.getByText('ends tomorrow').waitFor()
    await page.getByRole('button', { name: 'Copy the link' }).click()
    await page.getByText(/The clipboard is cleared in/).waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), url)
    await page.getByRole('button', { name: 'Share something else' }).click()
    await page.getByRole('textbox', { name: 'Text' }).waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Text' }).inputValue(), '')

    const other = await visit(on.browser)
    const asked: string[] = []
    other.page.on('request', (request) => asked.push(request.url()))
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).waitFor()
    await other.page.reload()
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByRole('button', { name: 'Show text' }).click()
    await other.page.getByText('the door code is 4711').waitFor()
    const token = new URL(url).hash.slice(1)
    assert.ok(!asked.some((one) => one.replace(/#.*/, '').includes(token)), 'no request names the token')
    await other.page.reload()
    await other.page.getByText('This link does not open any more').waitFor()
    await other.close()
    await close()
  })

  test('says when somebody else was quicker, and when the time has passed', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site)
    const url = await linkWith(page, 'one of two')
    const other = await visit(on.browser)
    await other.page.clock.install()
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).waitFor()
    await page.goto(url)
    await page.getByRole('button', { name: 'Open it now' }).click()
    await page.getByRole('button', { name: 'Show text' }).waitFor()
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByText('This link has been opened meanwhile').waitFor()
    await other.close()

    const short = await on.site.server.ask('write', 'sys/wrapping/wrap', { fields: { a: 'b' }, wrapTtl: 60 })
    assert.ok('wrap' in short && short.wrap)
    const late = await visit(on.browser)
    await late.page.clock.install()
    await late.page.goto(`${on.site.origin}/ui/open#${short.wrap.token}`)
    await late.page.getByText(/It ends in/).waitFor()
    await on.site.server.ask('write', 'auth/token/revoke-accessor', {
      fields: { accessor: short.wrap.accessor },
    })
    await late.page.clock.fastForward(61_000)
    await late.page.getByRole('button', { name: 'Open it now' }).click()
    await late.page.getByText('This link has expired').waitFor()
    await late.close()
    await close()
  })

  test('what was made, and is shown once, is not left without a question', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    const url = await linkWith(page, 'kept')
    await page.getByRole('link', { name: 'All places' }).click()
    const question = page.getByRole('dialog', { name: 'Leave without it?' })
    await question.waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await question.getByRole('button', { name: 'Stay here' }).click()
    assert.equal(await page.getByRole('textbox', { name: 'One-time link' }).inputValue(), url)
    await page.goBack()
    await question.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('textbox', { name: 'One-time link' }).waitFor({ state: 'detached' })

    await page.getByRole('link', { name: 'Share', exact: true }).click()
    await page.getByRole('textbox', { name: 'Text' }).fill('for a job')
    await page.getByText('Locker for a job').click()
    await page.getByRole('button', { name: 'Make the locker' }).click()
    await page.getByText('The locker is ready').waitFor()
    await page.goBack()
    await question.getByRole('button', { name: 'Stay here' }).click()
    await page.getByText('The locker is ready').waitFor()
    await page.getByRole('button', { name: 'Share something else' }).click()
    await page.getByRole('link', { name: 'All places' }).click()
    await page.getByRole('heading', { name: 'All places' }).waitFor()
    assert.equal(await question.count(), 0)
    await close()
  })

  test('links that are cut, or a login, are told apart', async () => {
    const { page, close } = await visit(on.browser)
    await page.goto(`${on.site.origin}/ui/open`)
    await page.getByText('This link is not whole').waitFor()
    const login = await on.site.server.ask('write', 'auth/token/create', {
      fields: { policies: ['team'] },
      wrapTtl: 300,
    })
    assert.ok('wrap' in login && login.wrap)
    await page.goto(`${on.site.origin}/ui/open#${login.wrap.token}`)
    await page.getByText('This is a login').waitFor()
    await page.getByRole('link', { name: 'To the login' }).click()
    await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    await close()
  })

  test('chosen fields of a secret, and the session of whoever opens them stays as it is', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=shared')
    await page.getByRole('button', { name: 'Share shared' }).click()
    const dialog = page.getByRole('dialog', { name: 'Share shared' })
    await dialog.getByRole('checkbox', { name: 'user' }).uncheck()
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const url = await dialog.getByRole('textbox', { name: 'One-time link' }).inputValue()
    await page.keyboard.press('Escape')
    assert.ok(await dialog.isVisible(), 'what is shown once does not go by accident')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'hidden' })

    const other = await visit(on.browser)
    await logInAs(other.page, on.site, 'Bob')
    await other.page.goto(url)
    await other.page.getByRole('button', { name: 'Open it now' }).click()
    await other.page.getByRole('button', { name: 'Show password' }).click()
    await other.page.getByText('correct horse').waitFor()
    assert.equal(await other.page.getByRole('button', { name: 'Show user' }).count(), 0)
    await other.page.goto(`${on.site.origin}/ui/space`)
    await other.page.getByRole('heading', { name: 'My space' }).waitFor()
    await other.close()
    await close()
  })

  /** A locker with what is open in a dialog, with one use for each of these tools; their commands, as they are copied. */
  async function lockerFor(page: Page, uses: number, tools: readonly string[]): Promise<string[]> {
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Locker for a job').click()
    await dialog.getByRole('textbox', { name: 'Number of uses' }).fill(String(uses))
    await dialog.getByRole('button', { name: 'Make the locker' }).click()
    await dialog.getByText('The locker is ready').waitFor()
    const commands: string[] = []
    for (const tool of tools) {
      await dialog.getByRole('combobox', { name: 'Open it with' }).selectOption(tool)
      await dialog.getByRole('button', { name: 'Copy the commands' }).click()
      commands.push(String(await page.evaluate('navigator.clipboard.readText()')))
    }
    return commands
  }

  test('a locker for a job, whose commands open it as often as was chosen', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await page.getByRole('button', { name: 'Store the first secret' }).click()
    await page.getByLabel('Name', { exact: true }).fill('s3')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('correct horse')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Share s3' }).click()
    const tools = ['coffer', 'curl', 'github', 'kubernetes', 'fedcloud']
    const [coffer = '', curl = '', github = '', kubernetes = '', fedcloud = ''] = await lockerFor(
      page,
      4,
      tools,
    )
    const token = /VAULT_TOKEN='([^']+)'/.exec(coffer)?.[1] ?? ''
    assert.notEqual(token, '')
    assert.equal(await page.getByText(token).count(), 0, 'the token is hidden until it is to be seen')
    const about = await lookUp(token)
    assert.deepEqual(
      [about.policies, about.num_uses, about.renewable, about.creation_ttl],
      [['default'], 4, false, 86_400],
    )

    assert.equal((await shell(coffer)).trim(), 'correct horse')
    assert.deepEqual(JSON.parse(await shell(curl)).data, { password: 'correct horse' })
    const folder = await mkdtemp(join(tmpdir(), 'coffer-job-'))
    const [step] = parse(github.slice(github.indexOf('- name')))
    assert.match(step.env.VAULT_TOKEN, /^\$\{\{ secrets\.COFFER_LOCKER \}\}$/)
    assert.match(github, new RegExp(`^gh secret set COFFER_LOCKER --body '${token}'$`, 'm'))
    const job = { VAULT_ADDR: String(step.env.VAULT_ADDR), VAULT_TOKEN: token, RUNNER_TEMP: folder }
    await shell(step.run, job)
    const kept = JSON.parse(await readFile(join(folder, 's3.json'), 'utf8'))
    assert.deepEqual(kept.data, { password: 'correct horse' })
    const pod = parse(kubernetes.slice(kubernetes.indexOf('volumes:')))
    const [container] = pod.initContainers
    assert.equal(container.env[1].valueFrom.secretKeyRef.name, 'coffer-locker')
    await shell(container.args[0].replace('/locker/', `${folder}/pod-`), job)
    assert.match(await readFile(join(folder, 'pod-s3.json'), 'utf8'), /correct horse/)
    assert.match(fedcloud, new RegExp(`^fedcloud secret get --locker-token '${token}' s3 password$`, 'm'))
    await rm(folder, { recursive: true })
    await assert.rejects(shell(curl), /403/, 'the last use has ended it')
    await close()
  })

  test('a locker asks for a name that no shell takes apart, and for a number of uses', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Bob', '/ui/share')
    await page.getByRole('textbox', { name: 'Text' }).fill('kept while the way changes')
    await page.getByText('Locker for a job').click()
    const name = page.getByRole('textbox', { name: 'Name in the locker' })
    await name.fill('$(reboot)')
    await page.getByText('Letters, digits, dots, dashes and underscores only.').waitFor()
    await page.getByRole('textbox', { name: 'Number of uses' }).fill('0')
    await page.getByText('A whole number from 1 to 10000.').waitFor()
    await page.getByRole('button', { name: 'Make the locker' }).click()
    assert.equal(await page.getByText('The locker is ready').count(), 0)
    await name.fill('job')
    await page.getByRole('textbox', { name: 'Number of uses' }).fill('1')
    await page.getByRole('button', { name: 'Make the locker' }).click()
    await page.getByText('The locker is ready').waitFor()
    await page.getByRole('button', { name: 'Copy the commands' }).click()
    const coffer = String(await page.evaluate('navigator.clipboard.readText()'))
    assert.equal((await shell(coffer)).trim(), 'kept while the way changes')
    await close()
  })

  test('a locker that cannot be filled is not left behind, nor what was typed lost', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Bob', '/ui/share')
    await page.getByText('Locker for a job').click()
    const text = 'x'.repeat(1_100_000)
    await page.getByRole('textbox', { name: 'Text' }).fill(text)
    const before = await accessors()
    await page.getByRole('button', { name: 'Make the locker' }).click()
    await page.getByText('This is too large').waitFor()
    assert.deepEqual(await accessors(), before)
    assert.equal(await page.getByRole('textbox', { name: 'Text' }).inputValue(), text)
    await close()
  })

  test('whoever may make no token is offered links alone', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/share')
    await page.getByRole('button', { name: 'Make the link' }).waitFor()
    assert.equal(await page.getByText('Locker for a job').count(), 0)
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByText('Type what is to be shared.').waitFor()
    await close()
  })

  async function accessors() {
    return dataOf(await on.site.server.ask('list', 'auth/token/accessors')).keys
  }

  async function lookUp(token: string) {
    return dataOf(await on.site.server.ask('write', 'auth/token/lookup', { fields: { token } }))
  }

  /** What commands print that were pasted into a shell; the certificate of the on.site is nobody's. */
  async function shell(commands: string, env: Record<string, string> = {}): Promise<string> {
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-ec', `curl() { command curl -k "$@"; }\n${commands}`],
      {
        env: { ...env, PATH: `${join(root, 'bin')}:${process.env.PATH}`, VAULT_SKIP_VERIFY: 'true' },
      },
    )
    return stdout
  }
})
