import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Context } from '../../backend/context.ts'
import { blankTokenSettings } from '../../backend/logins/token-settings.ts'
import { rowsInMemory } from '../../backend/memory-for-tests.ts'
import { manualClock } from '../../base/clock.ts'
import { systemRandom } from '../../base/random.ts'
import { login } from './login.ts'
import { createPasswords } from './password.ts'
import { userFolder, users } from './record.ts'

const cost = { n: 2 ** 4, r: 1, p: 1 }

/** What a login did that takes time: hashes, and reads and writes of rows by their folder. */
async function workOf(username: string): Promise<readonly string[]> {
  const work: string[] = []
  const passwords = createPasswords(cost, {
    run: (hash) => {
      work.push('hash')
      return hash()
    },
  })
  const rows = rowsInMemory()
  const password = await createPasswords(cost).hash({}, 'right', systemRandom)
  rows.put(users, `${userFolder}alice`, { password, token: blankTokenSettings, olderNames: [] })
  const storage: Context['storage'] = {
    ...rows,
    get: (kind, name) => {
      work.push(`get ${name.split('/')[0]}`)
      return rows.get(kind, name)
    },
    put: (kind, name, record) => {
      work.push('put')
      rows.put(kind, name, record)
    },
  }
  // What a login uses of a request's context.
  const context = {
    params: { username },
    request: { fields: {} },
    storage,
    clock: manualClock(),
    random: systemRandom,
    mount: { config: {} },
  } as unknown as Context
  const reply = await login(context, { password: 'wrong' }, passwords)
  assert.equal(reply.refused?.message, 'invalid username or password')
  return work
}

describe('a login with a wrong password', () => {
  it('does the same work for a name that nobody has, so that time does not tell them apart', async () => {
    const work = await workOf('alice')
    assert.ok(work.includes('hash'))
    assert.deepEqual(await workOf('nobody'), work)
  })
})
