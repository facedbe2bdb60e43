import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { JsonObject } from '../../src/base/json/json.ts'
import { textOf } from '../../src/client/shape.ts'
import { codeOf, dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { run, shownCommand } from './support/shell.ts'
import type { Site } from './support/site.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInByToken, visit } from './support/visit.ts'

const tools = ['coffer', 'curl'] as const

const bench = ({ server }: Site) => {
  const ask = async (path: string, fields: JsonObject = {}, token = server.root) =>
    server.ask('write', path, { fields, token })
  return {
    make: async (path: string, fields: JsonObject) => textOf(dataOf(await ask(path, fields)).id),
    create: async (fields: JsonObject = {}, token = server.root) =>
      tokenOf(await ask('auth/token/create', { ttl: '1h', policies: ['default', 'job'], ...fields }, token)),
    guest: async () =>
      tokenOf(await ask('auth/userpass/login/guest', { password: 'guest of the house' }, '')),
    read: async (path: string) => dataOf(await server.ask('read', path)),
    isGone: async (path: string) => codeOf(await server.ask('read', path)) === 'not_found',
    self: async (token: string) => dataOf(await server.ask('read', 'auth/token/lookup-self', { token })),
    alive: async (token: string) =>
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token })) === undefined,
  }
}

const dialog = (page: Page) => page.getByRole('dialog')
const more = async (page: Page, what: string) => {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: what }).click()
}

describe('the views of people, groups, tokens and quotas', requires(missingChromium()), () => {
  const ids = { alice: '', group: '' }
  const on = inBrowser(async (site) => {
    const { make, create, guest, self } = bench(site)
    ids.alice = textOf((await self(await site.tokenFor('alice'))).entity_id)
    await site.tokenFor('bob')
    await guest()
    await site.write(`identity/entity/id/${ids.alice}`, {
      metadata: { name: 'Alice Example', institute: 'Example Institute' },
      policies: ['team'],
    })
    ids.group = await make('identity/group', {
      name: 'physics',
      policies: ['team', 'job'],
      member_entity_ids: [ids.alice],
    })
    await make('identity/group', { name: 'everybody', policies: ['all'], member_group_ids: [ids.group] })
    const pipeline = await create({ display_name: 'pipeline', policies: ['root'] })
    await create({ display_name: 'step', num_uses: 3 }, pipeline)
    for (const [name, path, rate] of [
      ['everything', '', 500],
      ['logins', 'auth/userpass/login/*', 5],
    ] as const) {
      await site.write(`sys/quotas/rate-limit/${name}`, { path, rate, interval: '1m' })
    }
  })

  const to = (path: string, heading: string) => async (page: Page) => {
    await page.goto(`${on.site.origin}/ui${path}`)
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
  }
  const closed = async (page: Page) => {
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
  }

  /** Each view, and what is open on it. */
  const steps: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    [
      'people',
      async (page) => {
        await to('/people', 'People')(page)
        await page.getByRole('link', { name: 'Alice Example' }).waitFor()
      },
    ],
    [
      'person',
      async (page) => {
        await page.getByRole('link', { name: 'Alice Example' }).click()
        await page.getByText('by the group everybody, which holds one of theirs').waitFor()
        await page.getByText('Requests in 30 days').waitFor()
      },
    ],
    [
      'merge',
      async (page) => {
        await more(page, 'Merge with somebody')
        await dialog(page).getByRole('combobox').fill('guest')
        await page.getByRole('option', { name: /^guest/ }).click()
        await dialog(page).getByText('What happens').waitFor()
      },
    ],
    [
      'edit a person',
      async (page) => {
        await closed(page)
        await page.getByRole('button', { name: 'Edit', exact: true }).click()
        await dialog(page).getByRole('button', { name: 'Show the command' }).click()
        await dialog(page).getByText('coffer write').waitFor()
      },
    ],
    ['groups', to('/groups', 'Groups')],
    [
      'group',
      async (page) => {
        await page.getByRole('link', { name: 'physics' }).click()
        await page
          .getByRole('region', { name: 'People' })
          .getByRole('link', { name: 'Alice Example' })
          .waitFor()
      },
    ],
    [
      'new group',
      async (page) => {
        await to('/groups', 'Groups')(page)
        await page.getByRole('button', { name: 'New group' }).click()
        await dialog(page).getByRole('radio', { name: 'External' }).waitFor()
      },
    ],
    [
      'tokens',
      async (page) => {
        await to('/tokens', 'Tokens')(page)
        await page.getByRole('row').filter({ hasText: 'pipeline' }).waitFor()
        await page.getByRole('link', { name: 'Alice Example' }).waitFor()
      },
    ],
    [
      'revoke',
      async (page) => {
        await page.getByRole('button', { name: 'End the token of token-pipeline' }).click()
        await dialog(page).getByRole('list', { name: 'These end too' }).waitFor()
      },
    ],
    [
      'leases',
      async (page) => {
        await to('/tokens/leases?prefix=auth/', 'Leases')(page)
        await page.getByRole('link', { name: 'userpass/' }).waitFor()
      },
    ],
    [
      'revoke below',
      async (page) => {
        await page.getByRole('button', { name: 'End all below auth/userpass/' }).click()
        await dialog(page).getByText('Forgets leases').waitFor()
      },
    ],
    ['quotas', to('/quotas', 'Quotas')],
    [
      'edit a quota',
      async (page) => {
        await page.getByRole('button', { name: 'Edit logins' }).click()
        await dialog(page).getByRole('textbox', { name: 'Requests' }).waitFor()
      },
    ],
  ]
  const pictured = new Set(['people', 'person', 'merge', 'group', 'tokens', 'revoke', 'leases', 'quotas'])

  for (const look of looks) {
    test(`have nothing that keeps people out: ${look.colorScheme}, ${look.device}`, async () => {
      const { page, close } = await visit(on.browser, look)
      await logInByToken(page, on.site, on.site.server.root)
      const faults: string[] = []
      for (const [name, step] of steps) {
        await step(page)
        await page.mouse.move(0, 0)
        faults.push(...(await faultsOn(page)).map((fault) => `${name}: ${fault}`))
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        if (wide === true) faults.push(`${name}: wider than the window`)
        if (pictured.has(name)) await takePicture(page, name, look)
      }
      assert.deepEqual(faults, [])
      await close()
    })
  }

  test('speak German', async () => {
    const { page, close } = await visit(on.browser, { locale: 'de-DE' })
    await page.goto(`${on.site.origin}/ui/people`)
    await page.getByText('Token', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Token' }).fill(on.site.server.root)
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await page.getByRole('heading', { name: 'Personen', level: 1 }).waitFor()
    for (const [path, heading] of [
      [`/people/${ids.alice}`, 'Alice Example'],
      ['/groups', 'Gruppen'],
      ['/tokens', 'Tokens'],
      ['/tokens/leases', 'Leases'],
      ['/quotas', 'Kontingente'],
    ] as const) {
      await to(path, heading)(page)
    }
    await close()
  })
})

describe(
  'the commands of what is done about people, groups, tokens and quotas',
  requires(missingChromium()),
  () => {
    const on = inBrowser(async (site) => {
      await site.write('sys/policies/acl/job', {
        policy: 'path "auth/token/create" { capabilities = ["update"] }',
      })
    })
    const open = async (path: string) => {
      const visited = await visit(on.browser)
      await logInByToken(visited.page, on.site, on.site.server.root, `/ui${path}`)
      return visited
    }
    const runShown = async (page: Page, tool: (typeof tools)[number]) =>
      run(await shownCommand(dialog(page), tool), on.site.server.root)

    for (const tool of tools) {
      test(`edit, disable, merge and delete people: ${tool}`, async () => {
        const { make, read, isGone } = bench(on.site)
        const person = await make('identity/entity', { name: `it's ${tool}` })
        const other = await make('identity/entity', { name: `other ${tool}` })
        const path = `identity/entity/id/${person}`
        const { page, close } = await open(`/people/${person}`)
        await page.getByRole('button', { name: 'Edit', exact: true }).click()
        await dialog(page).getByRole('textbox', { name: 'What people call them' }).fill(`"$(id)" 'x'`)
        await dialog(page).getByRole('combobox', { name: 'Policies' }).pressSequentially('team,job,')
        await runShown(page, tool)
        const { policies, metadata } = await read(path)
        assert.deepEqual([policies, metadata], [['job', 'team'], { name: `"$(id)" 'x'` }])
        await page.reload()
        await more(page, 'Disable')
        await runShown(page, tool)
        assert.equal((await read(path)).disabled, true)
        await on.site.write(path, { disabled: false })
        await page.reload()
        await more(page, 'Merge with somebody')
        await dialog(page).getByRole('combobox').fill(`other ${tool}`)
        await page.getByRole('option', { name: `other ${tool}` }).click()
        await runShown(page, tool)
        assert.deepEqual((await read(path)).merged_entity_ids, [other])
        await page.reload()
        await more(page, 'Delete')
        await runShown(page, tool)
        assert.equal(await isGone(path), true)
        await close()
      })

      test(`give and take logins, members and names at the login: ${tool}`, async () => {
        const { make, read } = bench(on.site)
        const person = await make('identity/entity', { name: `member ${tool}` })
        const group = await make('identity/group', { name: `group ${tool}` })
        const { page, close } = await open(`/people/${person}`)
        await page.getByRole('button', { name: 'Add a login' }).click()
        await dialog(page)
          .getByRole('combobox', { name: 'Login method' })
          .selectOption('userpass/ (userpass)')
        await dialog(page).getByRole('textbox', { name: 'Name at this method' }).fill(`name ${tool}`)
        await runShown(page, tool)
        await page.reload()
        await page.getByRole('button', { name: `Remove the login name ${tool}` }).click()
        await runShown(page, tool)
        assert.deepEqual((await read(`identity/entity/id/${person}`)).aliases, [])
        await page.goto(`${on.site.origin}/ui/groups/${group}`)
        await page.getByRole('button', { name: 'Add a person' }).click()
        await dialog(page).getByRole('combobox', { name: 'Person' }).fill(`member ${tool}`)
        await page.getByRole('option', { name: `member ${tool}` }).click()
        await runShown(page, tool)
        assert.deepEqual((await read(`identity/group/id/${group}`)).member_entity_ids, [person])
        await page.reload()
        await page.getByRole('button', { name: `Remove member ${tool}` }).click()
        await runShown(page, tool)
        assert.deepEqual((await read(`identity/group/id/${group}`)).member_entity_ids, [])
        await close()
      })

      test(`end tokens and leases, and write quotas: ${tool}`, async () => {
        const { create, guest, alive, self, read } = bench(on.site)
        const token = await create({ display_name: `maker ${tool}` })
        const child = await create({}, token)
        const { page, close } = await open('/tokens')
        await page.getByRole('button', { name: `End the token of token-maker-${tool}` }).click()
        await dialog(page).getByText('End it alone').click()
        await runShown(page, tool)
        assert.deepEqual([await alive(token), await alive(child)], [false, true])
        const first = await guest()
        const second = await guest()
        const person = textOf((await self(first)).entity_id)
        await page.goto(`${on.site.origin}/ui/tokens?person=${person}`)
        await page.getByRole('button', { name: 'End all' }).click()
        await runShown(page, tool)
        assert.deepEqual([await alive(first), await alive(second)], [false, false])
        const third = await guest()
        const at = `${on.site.origin}/ui/tokens/leases?prefix=auth/userpass/login/guest/`
        await page.goto(at)
        await page.getByRole('button', { name: /^h[0-9a-f]{64}$/ }).click()
        await dialog(page).getByText('Given out').waitFor()
        await runShown(page, tool)
        assert.equal(await alive(third), false)
        const fourth = await guest()
        await page.goto(at.replace('userpass/login/guest/', ''))
        await page.getByRole('button', { name: 'End all below auth/userpass/' }).click()
        await runShown(page, tool)
        assert.equal(await alive(fourth), false)
        await page.goto(`${on.site.origin}/ui/quotas`)
        await page.getByRole('button', { name: 'New quota' }).click()
        await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill(tool)
        await dialog(page).getByRole('textbox', { name: 'What it covers' }).fill(`team/${tool}*`)
        await runShown(page, tool)
        const { path, rate, interval } = await read(`sys/quotas/rate-limit/${tool}`)
        assert.deepEqual([path, rate, interval], [`team/${tool}*`, 100, 60])
        await close()
      })
    }
  },
)
