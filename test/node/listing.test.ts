import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { inOrder } from '../../src/backend/routes/listing.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

const readAndList = '{ capabilities = ["read", "list"] }'
const read = '{ capabilities = ["read"] }'
const deny = '{ capabilities = ["deny"] }'

describe('a folder with names that the caller may do nothing with', () => {
  let server: TestNode
  let uuid: string

  before(async () => {
    server = await startTestNode()
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    uuid = String(dataOf(await server.ask('read', 'sys/mounts/kv')).uuid)
  })
  after(() => server.stop())

  /** Rows that are listed and never read, in few commits. */
  async function fill(folder: string, names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length; at += 5000) {
      const put = names.slice(at, at + 5000).map((name) => ({
        key: `ns/root/mount/${uuid}/data/${folder}${name}` as StorageKey,
        value: Buffer.alloc(8),
      }))
      assert.equal((await server.store.commit({ put })).ok, true)
    }
  }

  let made = 0
  async function tokenWith(rules: string): Promise<string> {
    const policy = `p${made++}`
    await server.ask('write', `sys/policies/acl/${policy}`, { fields: { policy: rules } })
    return tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: [policy] } }))
  }

  async function page(token: string, folder: string, fields: { after?: string; limit?: number }) {
    const reply = await server.ask('list', folder, { token, fields })
    return codeOf(reply) === 'not_found' ? [] : (dataOf(reply).keys as string[])
  }

  /** All pages, each but the last as long as it may be. */
  async function paged(token: string, folder: string, limit: number): Promise<string[]> {
    const all: string[] = []
    for (;;) {
      const after = all.at(-1)
      const names = await page(token, folder, after === undefined ? { limit } : { after, limit })
      all.push(...names)
      assert.ok(names.length <= limit && all.length < 100, 'the pages end')
      // A short page in the middle would tell that something was left out there.
      if (names.length < limit) return all
    }
  }

  const name = fc.stringMatching(/^[a-c~éω𝒳]{1,3}$/u)
  const rows = fc.uniqueArray(fc.record({ name, folder: fc.boolean(), hidden: fc.boolean() }), {
    selector: ({ name, folder }) => `${name}${folder}`,
    minLength: 1,
    maxLength: 20,
  })

  for (const [how, rules] of Object.entries({
    'are denied': (base: string, hidden: string[]) =>
      [
        `path "${base}*" ${readAndList}`,
        ...hidden.map((one) => `path "${base}${one.endsWith('/') ? `${one}*` : one}" ${deny}`),
        ...hidden.filter((one) => one.endsWith('/')).map((one) => `path "${base}${one}" ${deny}`),
      ].join('\n'),
    'are not granted': (base: string, _: string[], shown: string[]) =>
      [
        `path "${base.replace(/^kv/, '+')}" ${readAndList}`,
        ...shown.map((one) =>
          one.endsWith('/') ? `path "${base}${one}*" ${readAndList}` : `path "${base}${one}" ${read}`,
        ),
      ].join('\n'),
  })) {
    test(`is listed without them, page by page as in one piece, where they ${how}`, async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          rows,
          fc.integer({ min: 1, max: 4 }),
          fc.option(name, { nil: undefined }),
          async (made, limit, after) => {
            const base = `kv/${how.length}-${run++}/`
            const nameOf = (row: { name: string; folder: boolean }) => `${row.name}${row.folder ? '/' : ''}`
            const rows = made.map((row) => `${row.name}${row.folder ? '/inside' : ''}`)
            await fill(base.slice(3), rows)
            const names = (hidden: boolean) => made.filter((row) => row.hidden === hidden).map(nameOf)
            const token = await tokenWith(rules(base, names(true), names(false)))
            const shown = names(false).sort(inOrder)
            assert.deepEqual(await page(token, base, {}), shown)
            assert.deepEqual(await paged(token, base, limit), shown)
            if (after !== undefined) {
              const behind = shown.filter((one) => inOrder(one, after) > 0)
              assert.deepEqual(await page(token, base, { after, limit }), behind.slice(0, limit))
            }
          },
        ),
        { numRuns: 60 },
      )
    })
  }

  test('is paged past thousands of them', async () => {
    const hidden = Array.from({ length: 5000 }, (_, i) => `h${String(i).padStart(4, '0')}`)
    await fill('big/', ['a', ...hidden, 'i', 'z'])
    const token = await tokenWith(`path "kv/big/*" ${readAndList}\npath "kv/big/h*" ${deny}`)
    assert.deepEqual(await page(token, 'kv/big/', {}), ['a', 'i', 'z'])
    assert.deepEqual(await paged(token, 'kv/big/', 1), ['a', 'i', 'z'])
    assert.deepEqual(await page(token, 'kv/big/', { after: 'h2500', limit: 1 }), ['i'])
  })

  test('shows them where the mount says so, to those who may list, and no longer than it says so', async () => {
    for (const name of ['mine', 'theirs']) await server.ask('write', `kv/open/${name}`, { fields: { k: 1 } })
    const token = await tokenWith(`path "kv/open/*" ${readAndList}\npath "kv/open/theirs" ${deny}`)
    const other = await tokenWith('path "kv/open/mine" { capabilities = ["read"] }')
    const tune = (show: boolean) =>
      server.ask('write', 'sys/mounts/kv/tune', { fields: { show_all_names: show } })
    assert.deepEqual(await page(token, 'kv/open/', {}), ['mine'])
    assert.equal(codeOf(await tune(true)), undefined)
    assert.deepEqual(await page(token, 'kv/open/', {}), ['mine', 'theirs'])
    assert.deepEqual(await page(token, 'kv/open/', { limit: 1, after: 'mine' }), ['theirs'])
    assert.equal(codeOf(await server.ask('read', 'kv/open/theirs', { token })), 'policy_denied')
    assert.equal(codeOf(await server.ask('list', 'kv/open/', { token: other })), 'policy_denied')
    await tune(false)
    assert.deepEqual(await page(token, 'kv/open/', {}), ['mine'])
  })
})
