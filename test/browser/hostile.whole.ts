import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { hostile, nameOf } from './support/hostile.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAsGuest, visit } from './support/visit.ts'

/** All of it in one secret, each as the name of a field with itself as the value. */
const fields = Object.fromEntries(hostile.map((text) => [text, text]))

describe(
  'hostile names and values where secrets are shared, compared and moved',
  requires(missingChromium()),
  () => {
    const on = inBrowser(async (site) => {
      await site.write('team/data/odd', { data: { plain: '1' } })
      await site.write('team/data/odd', { data: { ...fields, notes: hostile.join('\n') } })
      await site.write('team/metadata/odd', {
        custom_metadata: Object.fromEntries(
          hostile.filter((text) => !/[\u202e\u2066]/.test(text)).map((text) => [text, text]),
        ),
      })
    })

    /** A visit that fails when something of it runs, or becomes a part of the page. */
    async function watched(path: string) {
      const { page, close } = await visit(on.browser)
      const ran: string[] = []
      page.on('dialog', (dialog) => {
        ran.push(dialog.message())
        void dialog.dismiss()
      })
      await logInAsGuest(page, on.site, path)
      return {
        page,
        async close() {
          assert.equal(await page.locator('img[src="x"], body script').count(), 0)
          assert.deepEqual(ran, [])
          await close()
        },
      }
    }

    const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

    test('a link with all of them opens as they are', async () => {
      const { page, close } = await watched('/ui/places/at?at=team/&secret=odd')
      await button(page, 'Share odd').click()
      const dialog = page.getByRole('dialog', { name: 'Share odd' })
      const names = await dialog.locator('label bdi').allTextContents()
      assert.deepEqual(names, [...hostile, 'notes'])
      assert.deepEqual(await faultsOn(page), [])
      await dialog.getByRole('checkbox', { name: 'notes' }).uncheck()
      await dialog.getByRole('button', { name: 'Make the link' }).click()
      const url = await dialog.getByRole('textbox', { name: 'One-time link' }).inputValue()
      await dialog.getByRole('button', { name: 'Done' }).click()
      await page.goto(url)
      await button(page, 'Open it now').click()
      await button(page, 'Show all').click()
      await page.getByRole('definition').locator('bdi').first().waitFor()
      const shown = await page.getByRole('definition').locator('bdi').allTextContents()
      assert.deepEqual(shown.sort(), [...hostile].sort())
      await close()
    })

    test('notes and custom metadata show them as they are', async () => {
      const { page, close } = await watched('/ui/places/at?at=team/&secret=odd')
      await button(page, 'Show Notes').click()
      const notes = page.getByRole('region', { name: 'Notes' })
      await notes.getByText('gnp.exe').waitFor()
      assert.equal(await notes.locator('p').textContent(), hostile.join('\n'))
      const custom = page.getByRole('region', { name: 'Custom metadata' })
      const shown = await custom.locator('dd bdi').allTextContents()
      assert.deepEqual(shown.sort(), hostile.filter((text) => !/[\u202e\u2066]/.test(text)).sort())
      assert.deepEqual(await faultsOn(page), [])
      await close()
    })

    test('the history tells them apart by name, and shows them as they are', async () => {
      const { page, close } = await watched('/ui/places/at?at=team/&secret=odd')
      await page.getByText('History', { exact: true }).click()
      await button(page, 'Changes in version 2').click()
      const changes = page.getByRole('list', { name: 'From version 1 to 2' })
      await changes.waitFor()
      const names = await changes.locator('bdi').allTextContents()
      assert.deepEqual(names.sort(), [...hostile, 'notes', 'plain'].sort())
      for (const name of hostile)
        await changes.getByRole('button', { name: `Show ${name}`, exact: true }).click()
      assert.deepEqual((await changes.locator('dd bdi').allTextContents()).sort(), [...hostile].sort())
      assert.deepEqual(await faultsOn(page), [])
      await close()
    })

    test('a secret takes each of them as its name, and is found there', async () => {
      await on.site.write('team/data/moving', { data: { a: '1' } })
      const { page, close } = await watched('/ui/places/at?at=team/&secret=moving')
      let last = 'moving'
      for (const name of hostile.map(nameOf)) {
        await button(page, 'More actions').click()
        await page.getByRole('menuitem', { name: 'Rename or move' }).click()
        const dialog = page.getByRole('dialog', { name: `Rename or move ${last}`, exact: true })
        await dialog.getByLabel('Name', { exact: true }).fill(name)
        await dialog.getByRole('button', { name: 'Move', exact: true }).click()
        await dialog.waitFor({ state: 'detached' })
        await page.getByRole('heading', { name, exact: true, level: 2 }).waitFor()
        assert.ok('data' in dataOf(await on.site.server.ask('read', `team/data/${name}`)), name)
        last = name
      }
      await close()
    })
  },
)
