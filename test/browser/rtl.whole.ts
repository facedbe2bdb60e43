import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { desktop, logInAsGuest, phone, visit } from './support/visit.ts'

/** English that says of itself that it is written from right to left. */
async function turnTexts(page: Page): Promise<void> {
  await page.route('**/assets/*.js', async (route) => {
    const script = await (await route.fetch()).text()
    const body = script.replace(/\bdir:\s*(["'`])ltr\1/, 'dir:"rtl"')
    await route.fulfill({ contentType: 'text/javascript', body })
  })
}

type Box = { readonly what: string; readonly start: number; readonly end: number; readonly top: number }

/** Where everything is that can be used or read, by the edges of the screen. */
const boxesIn = `(() => {
  const seen = [...document.querySelectorAll('a, button, input, textarea, select, h1, h2, h3, dt, dd, th, td, label, summary')]
  return seen.flatMap((one) => {
    const { left, right, top, width, height } = one.getBoundingClientRect()
    if (width < 2 || height < 2 || one.closest('[dir="ltr"]:not(html)') !== null) return []
    const what = one.tagName + ' ' + (one.getAttribute('aria-label') ?? one.textContent).slice(0, 40)
    return [{ what, start: left, end: innerWidth - right, top }]
  })
})()`

const settled = `(async () => {
  for (let left = 6; left > 0; left--) await new Promise(requestAnimationFrame)
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))
})()`

// The types here are those without a browser.
type Window = { getComputedStyle(element: unknown): Record<string, string | undefined> }
const styleOf = (of: Locator, what: string): Promise<string | undefined> =>
  of.evaluate((element, name) => (globalThis as unknown as Window).getComputedStyle(element)[name], what)

describe('the page from right to left', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    const data = { user: 'alice', path: '/etc/(app)/config', notes: 'two\nlines' }
    await site.write('team/data/folder/inner', { data })
    await site.write('team/data/app', { data })
    await site.write('team/data/app', { data: { ...data, user: 'bob' } })
    await site.write('sys/policies/acl/everything', {
      policy: 'path "*" { capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"] }',
    })
    await site.write('auth/userpass/users/short', { password: 'short', token_policies: 'everything' })
    await site.write('team/metadata/app', { custom_metadata: { owner: 'ops' } })
  })

  const press = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).click()

  /** Each main view, and what is open on it. */
  const steps: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    [
      'login',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/login`)
        await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
      },
    ],
    [
      'places',
      async (page) => {
        await logInAsGuest(page, on.site, '/ui/places')
        await page.getByRole('heading', { name: 'All places' }).waitFor()
      },
    ],
    [
      'list',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/places/at?at=team/`)
        await page.getByRole('link', { name: 'Secret app' }).waitFor()
      },
    ],
    [
      'secret',
      async (page) => {
        await page.getByRole('link', { name: 'Secret app' }).click()
        await page.getByRole('region', { name: 'Custom metadata' }).waitFor()
      },
    ],
    [
      'move',
      async (page) => {
        await press(page, 'More actions')
        await page.getByRole('menuitem', { name: 'Rename or move' }).click()
        await page.getByRole('dialog', { name: 'Rename or move app' }).waitFor()
      },
    ],
    [
      'share',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'hidden' })
        await press(page, 'Share app')
        await page.getByRole('dialog', { name: 'Share app' }).waitFor()
      },
    ],
    [
      'history',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'hidden' })
        await page.getByText('History', { exact: true }).click()
        await press(page, 'Changes in version 2')
        await page.getByRole('list', { name: 'From version 1 to 2' }).waitFor()
      },
    ],
    [
      'edit',
      async (page) => {
        await press(page, 'Edit')
        await page.getByRole('textbox', { name: 'Notes' }).waitFor()
      },
    ],
    [
      'generator',
      async (page) => {
        await page.getByRole('button', { name: 'Generate', exact: true }).first().click()
        await page.getByRole('slider', { name: 'Length' }).waitFor()
      },
    ],
    [
      'activity',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/activity`)
        await page.getByRole('heading', { level: 1 }).waitFor()
      },
    ],
    [
      'share a text',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/share`)
        await page.getByRole('textbox', { name: 'Text' }).waitFor()
      },
    ],
    [
      'vos',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/vos`)
        await page.getByRole('heading', { name: 'You are in no virtual organisation' }).waitFor()
      },
    ],
  ]

  async function walk(page: Page): Promise<Map<string, Box[]>> {
    const seen = new Map<string, Box[]>()
    for (const [name, go] of steps) {
      await go(page)
      await page.evaluate(settled)
      const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      assert.equal(await page.evaluate(wide), 0, `${name} is wider than the screen`)
      seen.set(name, (await page.evaluate(boxesIn)) as Box[])
    }
    return seen
  }

  for (const [screen, viewport] of [
    ['desktop', desktop],
    ['phone', phone],
  ] as const) {
    test(`is the mirror of that from left to right (${screen})`, async () => {
      const plain = await visit(on.browser, { viewport })
      const straight = await walk(plain.page)
      assert.equal(await plain.page.evaluate('document.documentElement.dir'), 'ltr')
      await plain.close()
      const turned = await visit(on.browser, { viewport })
      await turnTexts(turned.page)
      const mirrored = await walk(turned.page)
      assert.equal(await turned.page.evaluate('document.documentElement.dir'), 'rtl')
      await turned.close()
      const odd: string[] = []
      for (const [name, boxes] of straight) {
        const others = mirrored.get(name) ?? []
        assert.deepEqual(
          others.map(({ what }) => what),
          boxes.map(({ what }) => what),
        )
        boxes.forEach(({ what, start, end, top }, i) => {
          const other = others[i]
          if (other === undefined) return
          const off = [other.end - start, other.start - end, other.top - top].map(Math.round)
          if (off.some((one) => Math.abs(one) > 1)) odd.push(`${name}: ${what}: off by ${off.join(', ')}`)
        })
      }
      assert.deepEqual(odd, [])
    })
  }

  /** What only administrators see, where counts and times are others each time. */
  const administered = ['people', 'policies', 'tokens', 'tokens/leases', 'server', 'usage', 'api']

  async function walkAsAdministrator(page: Page): Promise<Map<string, Box[]>> {
    const seen = new Map<string, Box[]>()
    await logInAsGuest(page, on.site, '/ui/places', 'short')
    for (const view of administered) {
      await page.goto(`${on.site.origin}/ui/${view}`)
      await page.getByRole('main').getByRole('heading').first().waitFor()
      await page.waitForLoadState('networkidle')
      await page.evaluate(settled)
      const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      assert.equal(await page.evaluate(wide), 0, `${view} is wider than the screen`)
      seen.set(view, (await page.evaluate(boxesIn)) as Box[])
    }
    return seen
  }

  for (const [screen, viewport] of [
    ['desktop', desktop],
    ['phone', phone],
  ] as const) {
    test(`has its parts for administrators mirrored as well (${screen})`, async () => {
      const plain = await visit(on.browser, { viewport })
      const straight = await walkAsAdministrator(plain.page)
      await plain.close()
      const turned = await visit(on.browser, { viewport })
      await turnTexts(turned.page)
      const mirrored = await walkAsAdministrator(turned.page)
      await turned.close()
      const odd: string[] = []
      for (const [view, boxes] of straight) {
        const others = mirrored.get(view) ?? []
        const once = (all: readonly Box[], what: string) =>
          all.filter((one) => one.what === what).length === 1
        const both = boxes.filter(({ what }) => once(boxes, what) && once(others, what))
        assert.ok(both.length > 5, `${view} has something to compare`)
        for (const { what, start, end } of both) {
          const other = others.find((one) => one.what === what)
          const off = [(other?.end ?? 0) - start, (other?.start ?? 0) - end].map(Math.round)
          if (off.some((by) => Math.abs(by) > 1)) odd.push(`${view}: ${what}: off by ${off.join(', ')}`)
        }
      }
      assert.deepEqual(odd, [])
    })
  }

  test('leaves values, paths and commands from left to right', async () => {
    const { page, close } = await visit(on.browser)
    await turnTexts(page)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/&secret=app')
    await press(page, 'Show path')
    assert.equal(await styleOf(page.getByText('/etc/(app)/config'), 'direction'), 'ltr')
    await page.getByText('JSON', { exact: true }).click()
    const json = page.getByRole('textbox', { name: 'The secret as JSON' })
    assert.equal(await styleOf(json, 'direction'), 'ltr')
    await press(page, 'Edit')
    for (const name of ['Value of path', 'Name of field 1', 'Notes', 'Metadata owner']) {
      const typed = page.getByRole('textbox', { name, exact: true })
      assert.equal(await styleOf(typed, 'unicodeBidi'), 'plaintext', name)
    }
    await close()
  })
})
