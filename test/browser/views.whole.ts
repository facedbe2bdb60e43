import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { JsonObject } from '../../src/base/json/json.ts'
import { sealSecret } from '../../web/src/crypt/sealed.ts'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { root } from '../support/server.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { desktop, faultsOn, logInAs, phone, visit } from './support/visit.ts'

/** Where pictures of the views go; only when it is asked for, since each is a little different every time. */
const pictures = process.env.COFFER_PICTURES === '1' ? join(root, 'docs', 'images') : undefined

const pictured = new Set([
  'login',
  'space',
  'bin',
  'find',
  'several',
  'secret',
  'usage',
  'history',
  'edit',
  'generator',
  'encrypted',
  'encryption',
  'places',
  'share',
  'opened',
  'locker',
  'codes',
  'notes',
  'qr',
  'api-operation',
  'account',
])

const passphrase = 'gravel otter plaster noon'

describe('every view', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    const token = await site.tokenFor('alice')
    const put = (name: string, secret: JsonObject) =>
      site.server.ask('write', `secrets/users/${idOf('alice')}/${name}`, { token, fields: secret })
    await put('mail', { user: 'alice@example.org', password: 'x9!kd-Wq20', url: 'https://mail.example.org' })
    await put('encrypted', await sealSecret({ password: 'x9!kd-Wq20', user: 'alice' }, passphrase))
    await put('old-key', { password: 'x9!kd-Wq20' })
    await site.server.ask('delete', `secrets/users/${idOf('alice')}/old-key`, { token })
    for (const name of ['cloud/openstack', 'db/production', 'github', 'ssh-key', 'wifi']) {
      await put(name, { password: 'x9!kd-Wq20' })
    }
    const self = dataOf(await site.server.ask('read', 'auth/token/lookup-self', { token }))
    await site.write(`identity/entity/id/${String(self.entity_id)}`, { policies: ['team'] })
    for (const data of [
      { user: 'app', password: 'first' },
      { user: 'app', password: 'second', host: 'db.example.org' },
    ]) {
      await site.server.ask('write', 'team/data/db', { token, fields: { data } })
    }
    await site.server.ask('write', 'team/data/vpn', {
      token,
      fields: {
        data: {
          user: 'alice',
          password: 'x9!kd-Wq20',
          code: 'otpauth://totp/VPN:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=VPN',
          notes: 'Recovery codes, each good once:\n7731 0942\n1180 5526',
        },
      },
    })
    await site.write('team/metadata/vpn', {
      custom_metadata: { owner: 'operations', 'renew-by': '2030-01-01' },
    })
  })

  /** Each view with what is on it, from one that is open to the next. */
  const steps: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    [
      'login',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/`)
        await page.getByRole('button', { name: 'Log in with your organisation' }).waitFor()
      },
    ],
    [
      'space',
      async (page) => {
        await logInAs(page, on.site, 'Alice')
        await page.getByRole('link', { name: 'Secret mail' }).waitFor()
      },
    ],
    [
      'find',
      async (page) => {
        await page.getByRole('button', { name: 'Search everywhere' }).click()
        await page.getByRole('combobox', { name: 'Names and metadata' }).fill('db')
        await page.getByRole('option', { name: /^production/ }).waitFor()
      },
    ],
    [
      'secret',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('link', { name: 'Secret mail' }).click()
        await page.getByRole('button', { name: 'Show user' }).click()
      },
    ],
    [
      'command',
      async (page) => {
        await page.getByRole('button', { name: 'Show the command' }).click()
        await page.getByText('curl', { exact: true }).click()
      },
    ],
    [
      'usage',
      async (page) => {
        await page.getByText('Use', { exact: true }).click()
        await page.getByRole('list', { name: 'Who used it last' }).waitFor()
      },
    ],
    [
      'access',
      async (page) => {
        await page.getByText('Access', { exact: true }).click()
        await page.getByRole('heading', { name: 'Only you' }).waitFor()
      },
    ],
    ['edit', (page) => page.getByRole('button', { name: 'Edit' }).click()],
    [
      'generator',
      async (page) => {
        await page.getByRole('button', { name: 'Generate' }).nth(1).click()
        await page.getByText('Words', { exact: true }).click()
      },
    ],
    [
      'encrypted',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: 'Cancel' }).click()
        const back = page.getByRole('button', { name: 'Back' })
        if (await back.isVisible()) await back.click()
        await page.getByRole('link', { name: 'Secret encrypted' }).click()
        await page.getByRole('textbox', { name: 'Passphrase' }).waitFor()
      },
    ],
    [
      'wrong passphrase',
      async (page) => {
        await page.getByRole('textbox', { name: 'Passphrase' }).fill('wrong')
        await page.getByRole('button', { name: 'Open', exact: true }).click()
        await page.getByText('This passphrase does not open it').waitFor()
      },
    ],
    [
      'opened',
      async (page) => {
        await page.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase)
        await page.getByRole('button', { name: 'Open', exact: true }).click()
        await page.getByRole('button', { name: 'Show user' }).click()
      },
    ],
    [
      'encryption',
      async (page) => {
        await page.getByRole('button', { name: 'Edit' }).click()
        await page.getByText(/^Weak, \d+ bits$/).waitFor()
        await page.getByRole('textbox', { name: 'Passphrase, once more' }).fill('other')
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByText('This is not the same passphrase.').waitFor()
        await page.getByRole('textbox', { name: 'Passphrase, once more' }).fill(passphrase)
      },
    ],
    [
      'several',
      async (page) => {
        await page.getByRole('button', { name: 'Cancel' }).click()
        await page.goto(`${on.site.origin}/ui/space`)
        await page.getByRole('checkbox', { name: 'Choose github' }).check()
        await page.getByRole('checkbox', { name: 'Choose wifi' }).check()
      },
    ],
    [
      'several-move',
      async (page) => {
        await page.getByRole('button', { name: 'Move what is chosen' }).click()
        await page.getByRole('dialog').getByLabel('Folder').waitFor()
      },
    ],
    [
      'bin',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/bin`)
        await page.getByRole('button', { name: 'Restore old-key' }).waitFor()
      },
    ],
    [
      'vos',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/vos`)
        await page.getByRole('heading', { name: 'My VOs' }).waitFor()
      },
    ],
    [
      'vo',
      async (page) => {
        await page.getByRole('link', { name: /vo\.example\.org/ }).click()
        await page.getByRole('heading', { name: 'vo.example.org' }).waitFor()
      },
    ],
    [
      'places',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/places`)
        await page.getByRole('heading', { name: 'All places' }).waitFor()
      },
    ],
    [
      'share',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/share`)
        await page.getByRole('textbox', { name: 'Text' }).fill('the door code is 4711')
      },
    ],
    [
      'link',
      async (page) => {
        await page.getByRole('button', { name: 'Make the link' }).click()
        await page.getByRole('button', { name: 'Copy the link' }).waitFor()
      },
    ],
    [
      'open',
      async (page) => {
        await page.goto(await page.getByRole('textbox', { name: 'One-time link' }).inputValue())
        await page.getByRole('button', { name: 'Open it now' }).waitFor()
      },
    ],
    [
      'opened',
      async (page) => {
        await page.getByRole('button', { name: 'Open it now' }).click()
        await page.getByRole('button', { name: 'Show text' }).click()
      },
    ],
    [
      'closed',
      async (page) => {
        await page.reload()
        await page.getByText('This link does not open any more').waitFor()
      },
    ],
    [
      'share-secret',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/space?secret=mail`)
        await page.getByRole('button', { name: 'Share mail' }).click()
        await page.getByRole('dialog', { name: 'Share mail' }).waitFor()
      },
    ],
    ['share-locker', (page) => page.getByRole('dialog').getByText('Locker for a job').click()],
    [
      'locker',
      async (page) => {
        await page.getByRole('button', { name: 'Make the locker' }).click()
        await page.getByRole('combobox', { name: 'Open it with' }).selectOption('kubernetes')
      },
    ],
    [
      'places-again',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/places`)
        await page.getByRole('heading', { name: 'All places' }).waitFor()
      },
    ],
    [
      'history',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/places/at?at=team/&secret=db`)
        await page.getByText('History', { exact: true }).click()
        await page.getByRole('button', { name: 'Changes in version 2' }).click()
        await page.getByRole('button', { name: 'Show password' }).click()
      },
    ],
    ['actions', (page) => page.getByRole('button', { name: 'More actions' }).click()],
    [
      'move',
      async (page) => {
        await page.getByRole('menuitem', { name: 'Rename or move' }).click()
        await page.getByRole('dialog').getByLabel('Name', { exact: true }).waitFor()
      },
    ],
    [
      'codes',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/places/at?at=team/&secret=vpn`)
        await page.getByRole('button', { name: 'Show code' }).click()
        await page.getByRole('button', { name: 'Show Notes' }).click()
        await page.locator('[data-code]').waitFor()
      },
    ],
    [
      'qr',
      async (page) => {
        await page.getByRole('button', { name: 'QR code of code' }).click()
        await page.getByRole('img', { name: 'A QR code that holds code' }).waitFor()
      },
    ],
    [
      'notes',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
        await page.getByRole('button', { name: 'Edit' }).click()
        await page.getByRole('textbox', { name: 'Notes' }).scrollIntoViewIfNeeded()
      },
    ],
    [
      'make-codes',
      async (page) => {
        await page.getByRole('button', { name: 'One-time codes (TOTP)' }).nth(2).click()
        await page.getByRole('dialog').locator('[data-code]').waitFor()
      },
    ],
    [
      'api',
      async (page) => {
        await page.goto(`${on.site.origin}/ui/api`)
        await page.getByRole('textbox', { name: 'Search the operations' }).fill('team data')
        await page.getByText('13 operations').waitFor()
      },
    ],
    [
      'api-operation',
      async (page) => {
        await page.getByRole('link', { name: /GET\s*team\/data\/\{path\}/ }).click()
        await page.getByRole('textbox', { name: 'path' }).fill('db')
        await page.getByRole('button', { name: 'Send' }).click()
        await page.getByText('The server answered 200.').waitFor()
      },
    ],
    [
      'account',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
        await page.getByRole('button', { name: /^Your session/ }).click()
      },
    ],
    [
      'shortcuts',
      async (page) => {
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
        await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      },
    ],
  ]

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of [
      ['desktop', desktop],
      ['phone', phone],
    ] as const) {
      test(`has nothing that keeps people out: ${colorScheme}, ${device}`, async () => {
        const { page, close } = await visit(on.browser, { colorScheme, viewport })
        const faults: string[] = []
        for (const [name, step] of steps) {
          await step(page)
          await page.mouse.move(0, 0)
          faults.push(...(await faultsOn(page)).map((fault) => `${name}: ${fault}`))
          const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
          if (wide === true) faults.push(`${name}: wider than the window`)
          if (pictures !== undefined && pictured.has(name)) {
            mkdirSync(pictures, { recursive: true })
            await page.screenshot({ path: join(pictures, `${name}-${device}-${colorScheme}.png`) })
          }
        }
        assert.deepEqual(faults, [])
        await close()
      })
    }
  }

  test('speaks German in all of it', async () => {
    const { page, close } = await visit(on.browser, { locale: 'de-DE' })
    await page.goto(`${on.site.origin}/ui/`)
    await page.getByRole('button', { name: 'Anmelden über Ihre Organisation' }).waitFor()
    assert.equal(await page.getAttribute('html', 'lang'), 'de')
    await close()
  })
})
