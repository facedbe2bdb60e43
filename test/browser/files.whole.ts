import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Fedcloud, fedcloud } from '../clients/fedcloud/deployment.ts'
import { missingEnvironment } from '../clients/python/python.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, visit } from './support/visit.ts'

const client = 'fedcloudclient-1.4.7'
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const mimeType = 'application/octet-stream'

describe('files in secrets', requires(missingChromium()), () => {
  const on = inBrowser()

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const begin = async (page: Page, name: string) => {
    await press(page, 'New secret')
    await page.getByLabel('Name', { exact: true }).fill(name)
  }
  const save = async (page: Page) => {
    await press(page, 'Save')
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' })
  }
  const choose = async (page: Page, name: string, buffer: Buffer) => {
    const opening = page.waitForEvent('filechooser')
    await press(page, 'Add a file, or drop it here')
    await (await opening).setFiles({ name, mimeType, buffer })
  }
  const fetched = async (page: Page, name: string): Promise<Buffer> => {
    const coming = page.waitForEvent('download')
    await press(page, `Download ${name}`)
    const download = await coming
    assert.equal(download.suggestedFilename(), name)
    return readFile(await download.path())
  }

  test('chosen, stored, looked at and fetched again, byte for byte', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await begin(page, 'papers')
    const noise = randomBytes(100_000)
    await choose(page, 'noise.bin', noise)
    await page.getByText('File, 100 kB').waitFor()
    await choose(page, 'dot.png', dot)
    await choose(page, 'id_ed25519.txt', Buffer.from('line 1\nline 2\n'))
    await page.getByLabel('Name of field 3', { exact: true }).waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await save(page)

    assert.deepEqual(await fetched(page, 'noise.bin'), noise)
    assert.deepEqual(await fetched(page, 'id_ed25519.txt'), Buffer.from('line 1\nline 2\n'))
    await press(page, 'Show dot.png')
    const picture = page.getByRole('img', { name: 'Preview of dot.png' })
    await picture.waitFor()
    await picture.evaluate('(image) => image.decode()')
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })

  test('dropped on the fields, and encrypted', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await begin(page, 'dropped')
    const carried = await page.evaluateHandle(`(() => {
      const carried = new DataTransfer()
      carried.items.add(new File([new Uint8Array([0, 255, 7])], 'key.bin'))
      return carried
    })()`)
    const fields = page.getByRole('region', { name: 'Fields and files' })
    await fields.dispatchEvent('dragover', { dataTransfer: carried })
    await fields.dispatchEvent('drop', { dataTransfer: carried })
    await page.getByText('File, 3 byte').waitFor()
    await page.getByLabel('Encrypt with a passphrase').check()
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('p')
    await page.getByRole('textbox', { name: 'Passphrase, once more' }).fill('p')
    await save(page)
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('p')
    await press(page, 'Open')
    assert.deepEqual(await fetched(page, 'key.bin'), Buffer.from([0, 255, 7]))
    await close()
  })

  test('one that is too large is refused, and the rest stays', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice')
    await begin(page, 'much')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('kept')
    await choose(page, 'much.bin', Buffer.alloc(2_000_001))
    await page.getByRole('alert').getByText('much.bin is too large; a file has at most 2 MB.').waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Value of password' }).inputValue(), 'kept')
    await close()
  })

  describe('with fedcloudclient', requires(missingEnvironment(client)), () => {
    let tool: Fedcloud
    let alice: readonly string[]
    before(async () => {
      tool = await fedcloud(client, { address: on.site.origin, caFile: on.site.caFile })
      alice = ['--vault-token', await on.site.tokenFor('alice')]
    })
    after(() => tool?.stop())

    test('each fetches what the other stored', async () => {
      const bytes = randomBytes(1_000)
      const file = join(tool.folder, 'from-tool.bin')
      await writeFile(file, bytes)
      await tool.succeed(['put', ...alice, 'from-tool', '--binary-file', `key.bin=@${file}`])
      const { page, close } = await visit(on.browser)
      await logInAs(page, on.site, 'Alice')
      await page.getByRole('link', { name: 'Secret from-tool' }).click()
      assert.deepEqual(await fetched(page, 'key.bin'), bytes)

      await begin(page, 'from-page')
      await choose(page, 'key.bin', bytes)
      await page.getByText('File, 1 kB').waitFor()
      await save(page)
      const printed = await tool.succeed(['get', ...alice, 'from-page', 'key.bin'])
      assert.deepEqual(Buffer.from(printed, 'base64'), bytes)
      await close()
    })
  })
})
