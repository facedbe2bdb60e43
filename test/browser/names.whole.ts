import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { requires } from '../support/requires.ts'
import { missingChromium } from './support/chromium.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInAs, visit } from './support/visit.ts'

describe('names for people on the page', requires(missingChromium()), () => {
  const on = inBrowser()

  test('call each provider that is shown what it is described as, one button each', async () => {
    const { page, close } = await visit(on.browser)
    const tune = (mount: string, description: string) =>
      on.site.write(`sys/auth/${mount}/tune`, { description })
    for (const [mount, visibility] of [
      ['elsewhere', 'unauth'],
      ['hidden', 'hidden'],
    ] as const) {
      await on.site.write(`sys/auth/${mount}`, {
        type: 'jwt',
        description: `${mount} <b>house</b>`,
        config: { listing_visibility: visibility },
      })
    }
    await tune('jwt', 'The institute')
    await page.goto(`${on.site.origin}/ui/login`)
    await page.getByRole('button', { name: 'Log in with The institute' }).waitFor()
    await page.getByRole('button', { name: 'Log in with elsewhere <b>house</b>' }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Log in with / }).count(), 2)
    assert.deepEqual(await faultsOn(page), [])
    await on.site.server.ask('delete', 'sys/auth/elsewhere')
    await tune('jwt', 'federated login')
    await close()
  })

  test('call the folder of a VO what the configuration calls it', async () => {
    const { page, close } = await visit(on.browser)
    const title = 'Example <i>of</i> an organisation'
    await page.route('**/v1/sys/internal/ui/spaces', (route) =>
      route.fulfill({
        json: {
          data: {
            own: null,
            shared: [{ name: 'vo.example.org', path: 'secrets/vos/vo.example.org/', writable: true, title }],
          },
        },
      }),
    )
    await logInAs(page, on.site, 'Alice', '/ui/vos')
    await page.getByRole('link', { name: title }).click()
    await page.getByRole('heading', { name: title }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/ui/vos/vo.example.org')
    await close()
  })
})
