import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { sealSecret } from '../../web/src/crypt/sealed.ts'
import { type Fedcloud, fedcloud } from '../clients/fedcloud/deployment.ts'
import { missingEnvironment } from '../clients/python/python.ts'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { logInAs, visit } from './support/visit.ts'

const mine = `secrets/users/${idOf('alice')}`
const passphrase = 'gravel otter plaster noon'
const client = 'fedcloudclient-1.4.7'

describe('secrets that are encrypted in the browser', requires(missingChromium()), () => {
  const on = inBrowser()

  const tokenOfAlice = () => on.site.tokenFor('alice')
  const put = async (name: string, fields: Record<string, string>) => {
    const reply = await on.site.server.ask('write', `${mine}/${name}`, {
      token: await tokenOfAlice(),
      fields,
    })
    if (reply instanceof Error) throw reply
  }
  const stored = async (name: string): Promise<Record<string, unknown>> => ({
    ...dataOf(await on.site.server.ask('read', `${mine}/${name}`, { token: await tokenOfAlice() })),
  })

  const box = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const choose = (page: Page, name: string) => page.getByRole('link', { name: `Secret ${name}` }).click()
  const save = async (page: Page, name: string) => {
    await press(page, 'Save')
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' })
    await page.getByText(`${name} is stored.`).first().waitFor()
  }
  const typeTwice = async (page: Page, typed: string) => {
    await box(page, 'Passphrase').fill(typed)
    await box(page, 'Passphrase, once more').fill(typed)
  }
  const open = async (page: Page, typed: string) => {
    await box(page, 'Passphrase').fill(typed)
    await press(page, 'Open')
  }
  /** Makes an encrypted secret with one field. */
  const make = async (page: Page, name: string, value: string) => {
    await page.getByRole('link', { name: 'Coffer' }).click()
    await press(page, 'New secret')
    await page.getByLabel('Name', { exact: true }).fill(name)
    await box(page, 'Value of password').fill(value)
    await page.getByLabel('Encrypt with a passphrase').check()
    await typeTwice(page, passphrase)
    await save(page, name)
  }

  test('the server never sees what is in one that is made and edited', async () => {
    const { page, close } = await visit(on.browser)
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
    await logInAs(page, on.site, 'Alice')
    await make(page, 'mail', 'clear-value-1')
    const before_ = await stored('mail')
    assert.deepEqual(Object.keys(before_), ['password', 'fedcloud_salt'])
    assert.match(String(before_.password), /^gAAAA/)

    await page.getByText('The server does not know what is in it.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0, 'nobody edits it unopened')
    await open(page, passphrase)
    await press(page, 'Show password')
    await page.getByText('clear-value-1').waitFor()

    await press(page, 'Edit')
    await box(page, 'Value of password').fill('clear-value-2')
    await save(page, 'mail')
    await press(page, 'Show password')
    await page.getByText('clear-value-2').waitFor()
    const after_ = await stored('mail')
    assert.notEqual(after_.fedcloud_salt, before_.fedcloud_salt, 'each time under a new salt')

    await press(page, 'Close it again')
    await box(page, 'Passphrase').waitFor()
    assert.equal(await page.getByText('clear-value-2').count(), 0)
    const told = sent.filter((text) => /clear-value|gravel|otter/.test(decodeURIComponent(text)))
    assert.deepEqual(told, [])
    assert.ok(
      sent.some((text) => text.includes('fedcloud_salt')),
      'requests were looked at',
    )
    await close()
  })

  test('a wrong passphrase says so, loses nothing, and the right one opens it then', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await make(page, 'twice', 'found again')
    const kept = await stored('twice')
    await open(page, `${passphrase}!`)
    await page.getByRole('alert').getByText('This passphrase does not open it').waitFor()
    assert.equal(await box(page, 'Passphrase').inputValue(), `${passphrase}!`, 'what was typed stays')
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0)
    assert.deepEqual(await stored('twice'), kept)
    await open(page, passphrase)
    await press(page, 'Show password')
    await page.getByText('found again').waitFor()
    await close()
  })

  test('the passphrase is asked for twice, and its strength is shown', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await press(page, 'New secret')
    await page.getByLabel('Name', { exact: true }).fill('careful')
    await box(page, 'Value of password').fill('x')
    await page.getByLabel('Encrypt with a passphrase').check()
    await press(page, 'Save')
    await page.getByText('Give it a passphrase.').waitFor()
    await box(page, 'Passphrase').fill('password1')
    await page.getByText(/^Weak, \d+ bits$/).waitFor()
    await press(page, 'Save')
    await page.getByText('This is not the same passphrase.').waitFor()
    await press(page, 'Generate a passphrase')
    await page.getByRole('dialog').getByRole('button', { name: 'Use it' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.getByText(/^(Fair|Strong), \d+ bits$/).waitFor()
    const made = await box(page, 'Passphrase').inputValue()
    await save(page, 'careful')
    await open(page, made)
    await press(page, 'Show password')
    await close()
  })

  test('encryption can be begun and ended while a secret is edited', async () => {
    await put('later', { password: 'was clear' })
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await choose(page, 'later')
    await press(page, 'Edit')
    await page.getByLabel('Encrypt with a passphrase').check()
    await typeTwice(page, passphrase)
    await save(page, 'later')
    await page.getByText('open in this browser only').waitFor()
    assert.match(String((await stored('later')).password), /^gAAAA/)
    await press(page, 'Edit')
    await page.getByLabel('Encrypt with a passphrase').uncheck()
    await save(page, 'later')
    await page.getByText('open in this browser only').waitFor({ state: 'hidden' })
    assert.deepEqual(await stored('later'), { password: 'was clear' })
    await close()
  })

  test('only text is encrypted, and no field takes the name of the salt', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await press(page, 'New secret')
    await page.getByLabel('Name', { exact: true }).fill('numbers')
    await page.getByText('JSON', { exact: true }).click()
    await box(page, 'The secret as JSON').fill('{"port": 5432}')
    await page.getByLabel('Encrypt with a passphrase').check()
    await typeTwice(page, passphrase)
    await press(page, 'Save')
    await page.getByText('port is no text; only texts can be encrypted.').waitFor()
    await box(page, 'The secret as JSON').fill('{"fedcloud_salt": "x"}')
    await page.getByText('A field of an encrypted secret cannot be called fedcloud_salt.').waitFor()
    await close()
  })

  test('what was put beside encrypted values is named, and keeps the secret from being edited', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await make(page, 'mixed', 'still here')
    const { password, fedcloud_salt } = await stored('mixed')
    await put('mixed', { password: String(password), fedcloud_salt: String(fedcloud_salt), added: 'planted' })
    await page.reload()
    await open(page, passphrase)
    await page.getByText('Some fields do not open with this passphrase').waitFor()
    await press(page, 'Show password')
    await page.getByText('still here').waitFor()
    assert.equal(await page.getByText('planted').count(), 0, 'it does not pass for a value of hers')
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0)
    await close()
  })

  test('one without a proper salt says that it cannot be opened', async () => {
    await put('broken', { password: 'gAAAA', fedcloud_salt: 'short' })
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await choose(page, 'broken')
    await open(page, passphrase)
    await page.getByText('This secret cannot be opened').waitFor()
    assert.deepEqual(await stored('broken'), { password: 'gAAAA', fedcloud_salt: 'short' })
    await close()
  })

  test('somebody else changed it: what differs is told of the clear values', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await make(page, 'raced', 'one')
    await open(page, passphrase)
    await press(page, 'Edit')
    await press(page, 'Add a field')
    await page.getByLabel('Name of field 2', { exact: true }).fill('user')
    // The same in clear, and all of it other on the server.
    const { password, fedcloud_salt } = await sealSecret({ password: 'one' }, passphrase)
    await put('raced', { password: String(password), fedcloud_salt: String(fedcloud_salt) })
    await press(page, 'Save')
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed this secret' })
    await conflict.getByText('only in yours').waitFor()
    assert.deepEqual(await conflict.getByRole('listitem').allTextContents(), ['user · only in yours'])
    await press(page, 'Store mine')
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' })
    assert.deepEqual(Object.keys(await stored('raced')), ['password', 'user', 'fedcloud_salt'])
    await close()
  })

  describe('with fedcloudclient', requires(missingEnvironment(client)), () => {
    let tool: Fedcloud
    let alice: readonly string[]
    before(async () => {
      tool = await fedcloud(client, { address: on.site.origin, caFile: on.site.caFile })
      alice = ['--vault-token', await tokenOfAlice()]
    })
    after(() => tool?.stop())

    const odd = 'grüße, 日本 🔑 a=b'

    test('what the page encrypts, its --decrypt-key opens', async () => {
      const { page, close } = await visit(on.browser)
      await logInAs(page, on.site, 'Alice')
      await make(page, 'from-page', odd)
      const get = ['get', ...alice, 'from-page', '--decrypt-key', passphrase]
      assert.equal(await tool.succeed([...get, 'password']), odd)
      assert.deepEqual(JSON.parse(await tool.succeed([...get, '-f', 'JSON'])), { password: odd })
      assert.equal((await tool.run(['get', ...alice, 'from-page', '-d', 'wrong', 'password'])).code, 1)
      await close()
    })

    test('what its --encrypt-key encrypts, the page opens and edits, and it opens that again', async () => {
      const key = 'Schlüssel für alle'
      await tool.succeed(['put', ...alice, 'from-tool', '--encrypt-key', key, `a=${odd}`, 'b=', 'c=x\ny'])
      const { page, close } = await visit(on.browser)
      await logInAs(page, on.site, 'Alice')
      await choose(page, 'from-tool')
      await open(page, key)
      await press(page, 'Show a')
      await page.getByText(odd).waitFor()
      await press(page, 'Edit')
      await box(page, 'Value of b').fill('filled')
      await save(page, 'from-tool')
      const json = await tool.succeed(['get', ...alice, 'from-tool', '--decrypt-key', key, '-f', 'JSON'])
      assert.deepEqual(JSON.parse(json), { a: odd, b: 'filled', c: 'x\ny' })
      await close()
    })
  })
})
