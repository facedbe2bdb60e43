import assert from 'node:assert/strict'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Site } from './site.ts'

export const phone = { width: 360, height: 740 }
export const desktop = { width: 1280, height: 800 }

/** A page of a browser of its own, which fails the test when the page's policy had to stop something. */
export type Visit = { readonly page: Page; close(): Promise<void> }

/** What opens begins to fade in some frames after it is there. */
const settled = `(async () => {
  for (let left = 6; left > 0; left--) await new Promise(requestAnimationFrame)
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))
})()`
const refusals = /Content.Security.Policy|Refused to|violates the following/i

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: desktop,
    colorScheme: 'light',
    locale: 'en-GB',
    ...options,
  })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (refusals.test(message.text())) problems.push(message.text())
  })
  return {
    page,
    async close() {
      await context.close()
      assert.deepEqual(problems, [], 'the page failed, or its policy stopped something')
    },
  }
}

/** Alice or bob logs in at the stand-in provider, from the login of the page. */
export async function logInAs(
  page: Page,
  { origin }: Site,
  person: 'Alice' | 'Bob',
  path = '/ui/',
): Promise<void> {
  await page.goto(origin + path)
  await page.getByRole('button', { name: 'Log in with your organisation' }).click()
  await page.getByRole('button', { name: person }).click()
  await page.waitForURL(`${origin}/ui/**`)
  await page.getByRole('link', { name: 'Coffer' }).waitFor()
}

/** What axe finds wrong with what is shown now. */
export async function faultsOn(page: Page): Promise<string[]> {
  // Colours that are on their way between two are neither.
  await page.evaluate(settled)
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  )
}

/** A guest logs in by name and password. */
export async function logInAsGuest(
  page: Page,
  { origin }: Site,
  path = '/ui/login',
  name: 'guest' | 'short' = 'guest',
): Promise<void> {
  await page.goto(origin + path)
  await page.getByRole('textbox', { name: 'User name' }).fill(name)
  await page.getByRole('textbox', { name: 'Password' }).fill(name === 'guest' ? 'guest of the house' : name)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('button', { name: /^Your session/ }).waitFor()
}

/** Somebody logs in by a token, such as an operator by that of root. */
export async function logInByToken(
  page: Page,
  { origin }: Pick<Site, 'origin'>,
  token: string,
  path = '/ui/space',
): Promise<void> {
  await page.goto(origin + path)
  await page.getByRole('radiogroup').getByText('Token', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Token' }).fill(token)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('button', { name: /^Your session/ }).waitFor()
}

/** Revokes the token of a page's session, without the page. */
export async function endSessionOf(page: Page, { write }: Site): Promise<void> {
  const accessor = await page.evaluate(
    `fetch('/ui/session', { headers: { 'x-vault-request': 'true' } })
      .then((answer) => answer.json()).then(({ session }) => session.accessor)`,
  )
  await write('auth/token/revoke-accessor', { accessor: String(accessor) })
}
