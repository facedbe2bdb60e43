import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { textOf } from '../../src/client/shape.ts'
import { dataOf } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { idOf } from '../support/spaces.ts'
import { missingChromium } from './support/chromium.ts'
import type { Site } from './support/site.ts'
import { inBrowser } from './support/suite.ts'
import { faultsOn, logInByToken, visit } from './support/visit.ts'

const entityOf = async ({ server }: Site, token: string): Promise<string> =>
  textOf(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)

describe('people', requires(missingChromium()), () => {
  const on = inBrowser()
  const tokens = { alice: '', bob: '' }

  const open = async (path: string, options = {}) => {
    const visited = await visit(on.browser, options)
    await logInByToken(visited.page, on.site, path)
    return visited
  }

  test('are found by the name that people know, with their logins, and show what they may do and why', async () => {
    tokens.alice = await on.site.tokenFor('alice')
    tokens.bob = await on.site.tokenFor('bob')
    const alice = await entityOf(on.site, tokens.alice)
    await on.site.write(`identity/entity/id/${alice}`, {
      metadata: { name: 'Alice Example' },
      policies: ['team'],
    })
    await on.site.write('identity/group', { name: 'crew', policies: ['crew'], member_entity_ids: [alice] })
    const crew = textOf(dataOf(await on.site.server.ask('read', 'identity/group/name/crew')).id)
    await on.site.write('identity/group', { name: 'everybody', policies: ['all'], member_group_ids: [crew] })
    const { page, close } = await open('/people')
    await page.getByRole('textbox', { name: 'Filter: People' }).fill(idOf('alice').slice(0, 8))
    await page.getByRole('link', { name: 'Alice Example' }).click()
    await page.getByRole('heading', { name: 'Alice Example', level: 1 }).waitFor()
    const inSection = (name: string) => page.getByRole('region', { name }).getByRole('listitem')
    assert.match(
      (await inSection('Logins').textContent()) ?? '',
      /^[0-9a-f~]+.* at auth\/jwt\/ \(jwt\)Remove$/,
    )
    assert.deepEqual(await inSection('Policies').allTextContents(), [
      'allby the group everybody, which holds one of theirs',
      'crewby the group crew',
      'spaces-example-vo.example.org-readby the group vo.example.org',
      'spaces-example-vo.example.org-writeby the group vo.example.org:role=manager',
      'teamtheir own',
    ])
    await page.getByText('VO vo.example.org: writes').waitFor()
    assert.deepEqual(await faultsOn(page), [])
    await close()
  })
})
