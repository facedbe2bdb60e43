import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Json, JsonObject } from '../../src/base/json/json.ts'
import { dataOf, tokenOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { run, type Shown, shownCommand } from './support/shell.ts'
import { inBrowser } from './support/suite.ts'
import { logInAs, logInAsGuest, visit } from './support/visit.ts'

/** A name that a shell, a URL and a template would each take apart. */
const hostile = `it's "$(reboot)" \`x\`; 50% #1 ?a&b!`

describe('the commands of what the page does', requires(missingChromium()), () => {
  let token = ''
  const on = inBrowser(async (site) => {
    const fields = { password: 'guest of the house' }
    token = tokenOf(await site.server.ask('write', 'auth/userpass/login/guest', { token: '', fields }))
    for (const password of ['first', 'second']) {
      await site.write(`team/data/${hostile}`, { data: { user: 'app', password } })
    }
    await site.write(`plain/${hostile}`, { password: 'plain' })
  })
  const at = (mount: string, name: string) =>
    `/ui/places/at?${new URLSearchParams({ at: mount, secret: name })}`

  async function stored(path: string): Promise<Json | undefined> {
    const { data } = dataOf(await on.site.server.ask('read', path))
    return data
  }

  /** The same with what somebody put in place of what is in angle brackets. */
  const filledIn = ({ text, files }: Shown, values: Readonly<Record<string, string>>): Shown => ({
    text,
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        name,
        content.replace(/"<(\w+)>"/g, (gap, field: string) => JSON.stringify(values[field] ?? gap)),
      ]),
    ),
  })

  test('read, with versions and without', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, at('team/', hostile))
    const coffer = await shownCommand(page.locator('main'), 'coffer')
    assert.match(
      await run({ ...coffer, text: coffer.text.replace('kv get', 'kv get -field=password') }, token),
      /^second$/,
    )
    const curl = await shownCommand(page.locator('main'), 'curl')
    assert.equal(JSON.parse(await run(curl, token)).data.data.password, 'second')
    await page.goto(on.site.origin + at('plain/', hostile))
    for (const tool of ['coffer', 'curl'] as const) {
      assert.match(await run(await shownCommand(page.locator('main'), tool), token), /plain/)
    }
    await close()
  })

  test('delete, roll back and destroy', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, at('team/', hostile))
    const dialog = page.getByRole('dialog')
    await page.getByText('History', { exact: true }).click()
    await page.getByRole('button', { name: 'Roll back to version 1' }).click()
    const backs = [await shownCommand(dialog, 'coffer'), await shownCommand(dialog, 'curl')]
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await run(backs[0] ?? assert.fail(), token)
    assert.deepEqual(await stored(`team/data/${hostile}`), { user: 'app', password: 'first' })
    await assert.rejects(
      run(backs[1] ?? assert.fail(), token),
      /check-and-set/,
      'somebody wrote it meanwhile',
    )
    await page.reload()
    await page.getByText('History', { exact: true }).click()
    await page.getByRole('button', { name: 'Roll back to version 2' }).click()
    await run(await shownCommand(dialog, 'curl'), token)
    assert.deepEqual(await stored(`team/data/${hostile}`), { user: 'app', password: 'second' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    for (const tool of ['coffer', 'curl'] as const) {
      await on.site.write(`team/data/${hostile}`, { data: { a: 'to be deleted' } })
      await run(await shownCommand(dialog, tool), token)
      const left = await on.site.server.ask('read', `team/metadata/${hostile}`)
      const { current_version, versions } = dataOf(left)
      const newest = (versions as Record<string, JsonObject>)[String(current_version)]
      assert.notEqual(newest?.deletion_time, '')
    }
    await close()
  })

  test('create and edit, without what is secret', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/places/at?at=team/')
    await page.getByRole('button', { name: 'New secret' }).click()
    await page.getByLabel('Name', { exact: true }).fill('made')
    await page.getByRole('textbox', { name: 'Value of password' }).fill('typed and not shown')
    const main = page.locator('main')
    const [coffer, curl] = [await shownCommand(main, 'coffer'), await shownCommand(main, 'curl')]
    for (const { text, files } of [coffer, curl]) {
      assert.doesNotMatch(text + JSON.stringify(files), /typed and not shown/)
    }
    await run(coffer, token, 'from standard input')
    assert.deepEqual(await stored('team/data/made'), { password: 'from standard input' })
    const again = filledIn(curl, { password: 'x' })
    await assert.rejects(run(again, token), /check-and-set/, 'it is there already')

    await page.goto(on.site.origin + at('team/', 'made'))
    await page.getByRole('button', { name: 'Edit' }).click()
    await run(filledIn(await shownCommand(main, 'curl'), { password: `it's "new"` }), token)
    assert.deepEqual(await stored('team/data/made'), { password: `it's "new"` })
    await close()
  })

  test('move and copy', async () => {
    const { page, close } = await visit(on.browser)
    await on.site.write('team/data/here', { data: { data: { deep: 1 }, other: 'x' } })
    await logInAsGuest(page, on.site, at('team/', 'here'))
    const dialog = page.getByRole('dialog')
    const choose = async (item: string, name: string) => {
      await page.getByRole('button', { name: 'More actions' }).click()
      await page.getByRole('menuitem', { name: item }).click()
      await dialog.getByLabel('Name', { exact: true }).fill(name)
    }
    for (const tool of ['coffer', 'curl'] as const) {
      await choose('Make a copy', `copy by ${tool}`)
      await run(await shownCommand(dialog, tool), token)
      assert.deepEqual(await stored(`team/data/copy by ${tool}`), { data: { deep: 1 }, other: 'x' })
      await assert.rejects(run(await shownCommand(dialog, tool), token), /check-and-set/)
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await choose('Rename or move', 'moved')
    await run(await shownCommand(dialog, 'coffer'), token)
    assert.deepEqual(await stored('team/data/moved'), { data: { deep: 1 }, other: 'x' })
    await close()
  })

  test('share by a link and by a locker', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/share')
    const alice = await on.site.tokenFor('alice')
    await page.getByRole('textbox', { name: 'Text' }).fill('typed and not shown')
    const main = page.locator('main')
    const link = await shownCommand(main, 'coffer')
    const wrapped = await run(
      { ...link, text: link.text.replace('-wrap', '-format=json -wrap') },
      alice,
      'once',
    )
    const unwrap = await on.site.server.ask('write', 'sys/wrapping/unwrap', {
      token: JSON.parse(wrapped).wrap_info.token,
    })
    assert.deepEqual(dataOf(unwrap), { text: 'once' })
    const curl = await run(filledIn(await shownCommand(main, 'curl'), { text: 'once' }), alice)
    assert.equal(JSON.parse(curl).wrap_info.ttl, 86_400)

    await page.getByText('Locker for a job').click()
    for (const tool of ['coffer', 'curl'] as const) {
      const { text, files } = await shownCommand(main, tool)
      assert.doesNotMatch(text + JSON.stringify(files), /typed and not shown/)
      const printed = await run(
        filledIn({ text: `${text}\necho "$LOCKER"`, files }, { text: 'for the job' }),
        alice,
        'for the job',
      )
      const locker = printed.trim().split('\n').at(-1) ?? ''
      const held = await on.site.server.ask('read', 'cubbyhole/job', { token: locker })
      assert.deepEqual(dataOf(held), { text: 'for the job' })
    }
    await close()
  })
})
