import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'
import { find, sources } from './sources.ts'

const folder = join(root, 'src', 'auth')
const methods = readdirSync(folder)
const load = (method: string, file: string): Promise<Record<string, unknown>> =>
  import(join(folder, method, file))

describe('the shape of auth methods', () => {
  test('there are some to look at', () => {
    assert.ok(methods.includes('userpass'))
    assert.ok(methods.includes('token'))
  })

  for (const method of methods) {
    test(`${method}: backend.ts exports the method alone, by its name`, async () => {
      assert.deepEqual(Object.keys(await load(method, 'backend.ts')), [method])
    })

    // Tokens of the method token are made by other tokens, and nobody logs in.
    if (method === 'token') continue
    test(`${method}: login.ts has the login, what it reads and takes, and the renewal`, async () => {
      const { login, loginFields, renew, wantForLogin } = await load(method, 'login.ts')
      assert.equal(typeof loginFields, 'object')
      for (const part of [login, renew, wantForLogin]) assert.equal(typeof part, 'function')
    })
  }

  test('rows are declared in record.ts, and nowhere else', () => {
    const files = sources().filter(({ path }) => path.startsWith('src/auth/'))
    const records = files.filter(({ path }) => path.endsWith('/record.ts'))
    const others = files.filter(({ path }) => !path.endsWith('/record.ts'))
    const declared = /\bjsonRecord[<(]/
    assert.deepEqual(find(others, declared), [])
    for (const method of methods) {
      const own = records.filter(({ path }) => path === `src/auth/${method}/record.ts`)
      assert.notEqual(find(own, declared).length, 0, method)
    }
  })
})
