import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { JsonObject } from '../../src/base/json/json.ts'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { looks, takePicture } from './support/pictures.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, logInAsGuest, visit } from './support/visit.ts'

const formula = '=SUM(1,2)'

/** How much wider than its place the content is. */
const overflow =
  'document.querySelector("#content").scrollWidth - document.querySelector("#content").clientWidth'

/** What the server answers after a month with weekends. */
function busyMonth(): JsonObject {
  const end = Date.UTC(2030, 5, 30)
  const days = Array.from({ length: 30 }, (_, i): JsonObject => {
    const at = new Date(end - (29 - i) * 24 * 3600_000)
    const work = [0, 6].includes(at.getUTCDay()) ? 0.25 : 1
    const [reads, writes, failed] = [work * (900 + 40 * ((i * 7) % 11)), work * 180, (i * 5) % 17].map(
      Math.round,
    )
    const mount = (type: string, share: number): JsonObject => ({
      type,
      requests: Math.round((reads ?? 0) * share),
      reads: Math.round((reads ?? 0) * share),
    })
    return {
      day: at.toISOString().slice(0, 10),
      requests: (reads ?? 0) + (writes ?? 0) + (failed ?? 0),
      reads: reads ?? 0,
      writes: writes ?? 0,
      failed: failed ?? 0,
      people: Math.round(work * 34),
      people_is_lower_bound: false,
      mounts: [mount('kv', 0.6), mount('system', 0.25), mount('transit', 0.1), mount('identity', 0.05)],
    }
  })
  return { start: '2030-06-01', end: '2030-06-30', days }
}

describe('the usage of the store, on the page', requires(missingChromium()), () => {
  const on = inBrowser(async (site) => {
    await site.write('sys/policies/acl/counts', {
      policy: `path "sys/usage/*" { capabilities = ["read", "sudo"] }
path "auth/token/details" { capabilities = ["read", "sudo"] }
path "team/*" { capabilities = ["create", "read", "update", "list"] }
path "sys/internal/ui/*" { capabilities = ["read"] }`,
    })
    await site.write('auth/userpass/users/guest', {
      password: 'guest of the house',
      token_policies: 'counts',
      token_ttl: '1h',
    })
    for (const name of ['never-read', formula]) await site.write(`team/data/${name}`, { data: { v: 'x' } })
    await site.write('team/data/in-use', { data: { v: 'x' } })
    for (const _ of [1, 2, 3]) await site.server.ask('read', 'team/data/in-use')
    const token = await site.tokenFor('alice')
    await site.server.ask('read', 'auth/token/lookup-self', { token })
    await site.write('auth/token/create', { display_name: 'ends-soon', ttl: '2h', no_parent: true })
    await site.write('auth/token/create', { display_name: 'ends-late', ttl: '480h', no_parent: true })
  })

  const saved = async (page: Page, label: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Save ${label} as CSV` }).click(),
    ])
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
  }

  test('shows requests, people, secrets read and engines by day, as pictures and as tables', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/usage')
    await page.getByRole('heading', { name: 'Usage', level: 1 }).waitFor()
    for (const title of ['Requests', 'People', 'Secrets read', 'Requests by engine']) {
      const part = page.getByRole('region', { name: title, exact: true })
      await part.getByRole('img').locator('canvas').waitFor()
      await part.getByText(`${title} as a table`).click()
      assert.equal(await part.getByRole('row').count(), 31)
    }
    const engines = page.getByRole('region', { name: 'Requests by engine', exact: true })
    const heads = await engines.getByRole('columnheader').allTextContents()
    assert.ok(heads.includes('kv') && heads.includes('system'), heads.join())
    const secrets = page.getByRole('region', { name: 'Secrets read', exact: true })
    assert.equal(await secrets.getByRole('row').last().getByRole('cell').textContent(), '3')
    const people = page.getByRole('region', { name: 'People', exact: true })
    assert.equal(await people.getByRole('row').last().getByRole('cell').textContent(), '2')
    await close()
  })

  test('shows other spans, and keeps the span in the address', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/usage')
    await page.getByRole('radiogroup', { name: 'Time that is shown' }).getByText('7 days').click()
    await page.waitForURL(/span=7$/)
    const requests = page.getByRole('region', { name: 'Requests', exact: true })
    await requests.getByText('Requests as a table').click()
    assert.equal(await requests.getByRole('row').count(), 8)
    await page.goto(`${on.site.origin}/ui/usage?span=year`)
    await requests.getByText('Requests as a table').click()
    assert.equal(await requests.getByRole('columnheader').first().textContent(), 'Month (UTC)')
    assert.equal(await requests.getByRole('row').count(), 2)
    await close()
  })

  test('saves what is shown for spreadsheets, in which no name becomes a formula', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/usage?span=7')
    const requests = await saved(page, 'Requests')
    assert.equal(requests.name, 'coffer-requests.csv')
    const lines = requests.text.split('\r\n')
    assert.equal(lines[0], '\uFEFFDay (UTC),Reads and lists,Changes,Refused or failed')
    assert.match(lines[7] ?? '', /^\d{4}-\d\d-\d\d,\d+,\d+,\d+$/)
    const place = page.getByRole('region', { name: 'Secrets that nobody reads' })
    await place.getByLabel('Place').selectOption('team/')
    await place.getByText('team/data/never-read').waitFor()
    const unused = await saved(page, 'Unread secrets')
    assert.match(unused.text, /\r\nteam\/data\/never-read,,20/)
    const entity = await page.evaluate(
      `fetch('/ui/session', { headers: { 'x-vault-request': 'true' } })
        .then((answer) => answer.json()).then(({ session }) => session.entity_id)`,
    )
    await on.site.write(`identity/entity/id/${String(entity)}`, { name: formula })
    await page.reload()
    await page.getByRole('region', { name: 'Tokens that end soon' }).getByText(formula).first().waitFor()
    const tokens = await saved(page, 'Ending tokens')
    assert.match(tokens.text, /\r\nuserpass-guest,"'=sum\(1,2\)",auth/i)
    await close()
  })

  test('lists secrets that nobody read, and tokens that end soon', async () => {
    const { page, close } = await visit(on.browser)
    await logInAsGuest(page, on.site, '/ui/usage')
    const unused = page.getByRole('region', { name: 'Secrets that nobody reads' })
    await unused.getByLabel('Place').selectOption('team/')
    await unused.getByText('team/data/never-read').waitFor()
    assert.equal(await unused.getByText('team/data/in-use').count(), 0)
    assert.equal(await unused.getByText(`team/data/${formula}`).count(), 1)
    const ending = page.getByRole('region', { name: 'Tokens that end soon' })
    const filter = ending.getByRole('textbox', { name: 'Filter: Ending tokens' })
    await filter.fill('token-ends')
    await ending.getByText('token-ends-soon').waitFor()
    assert.equal(await ending.getByText('token-ends-late').count(), 0)
    await ending.getByLabel('End within').selectOption('720')
    await ending.getByText('token-ends-late').waitFor()
    await close()
  })

  test('looks further where the first of them are none of those', async () => {
    const { page, close } = await visit(on.browser)
    const token = (name: string, end: string | null) => ({
      accessor: name,
      display_name: name,
      path: 'auth/token/create',
      expire_time: end,
    })
    await page.route('**/v1/auth/token/details*', (route) =>
      route.fulfill({
        json: {
          data: route.request().url().includes('after=')
            ? { tokens: [token('ends-at-last', new Date(Date.now() + 3600_000).toISOString())] }
            : { tokens: [token('never-ends', null)], next: 'never-ends' },
        },
      }),
    )
    await page.route('**/v1/sys/usage/unused/**', (route) =>
      route.fulfill({
        json: {
          data: route.request().url().includes('after=')
            ? { secrets: [{ path: 'team/data/found-late', last_read: '', last_write: '' }] }
            : { secrets: [], next: 'team/data/b' },
        },
      }),
    )
    await logInAsGuest(page, on.site, '/ui/usage')
    const ending = page.getByRole('region', { name: 'Tokens that end soon' })
    await ending.getByText('ends-at-last').waitFor()
    assert.equal(await ending.getByText('never-ends').count(), 0)
    const unused = page.getByRole('region', { name: 'Secrets that nobody reads' })
    await unused.getByRole('heading', { name: 'Nothing so far' }).waitFor()
    await unused.getByRole('button', { name: 'Look further' }).click()
    await unused.getByText('team/data/found-late').waitFor()
    await close()
  })

  test('is not offered to who may not see it, and says so at its address', async () => {
    const { page, close } = await visit(on.browser)
    await logInAs(page, on.site, 'Alice', '/ui/usage')
    await page.getByText('Missing: read on sys/usage/days').first().waitFor()
    assert.equal(await page.getByRole('link', { name: 'Usage' }).count(), 0)
    await close()
  })

  test('says when there was nothing yet', async () => {
    const { page, close } = await visit(on.browser)
    await page.route('**/v1/sys/usage/days*', (route) =>
      route.fulfill({ json: { data: { start: '2030-01-01', end: '2030-01-02', days: [] } } }),
    )
    await logInAsGuest(page, on.site, '/ui/usage')
    await page.getByRole('heading', { name: 'No requests in this time' }).waitFor()
    await close()
  })

  for (const look of looks) {
    test(`has nothing that keeps people out: ${look.colorScheme}, ${look.device}`, async () => {
      const { page, close } = await visit(on.browser, look)
      await page.route('**/v1/sys/usage/days*', (route) => route.fulfill({ json: { data: busyMonth() } }))
      await logInAsGuest(page, on.site, '/ui/usage')
      const requests = page.getByRole('region', { name: 'Requests', exact: true })
      await requests.getByRole('img').locator('canvas').waitFor()
      const ending = page.getByRole('region', { name: 'Tokens that end soon' })
      await ending.getByText('userpass-guest').first().waitFor()
      assert.equal(await page.evaluate(overflow), 0)
      await takePicture(page, 'counts', look)
      await page.getByText('Requests as a table').click()
      assert.deepEqual(await faultsOn(page), [])
      assert.equal(await page.evaluate(overflow), 0)
      await close()
    })
  }
})
