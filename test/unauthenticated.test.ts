import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { declaredRoutes, methods, mountsOfAll } from './support/routes.ts'
import { type RunningServer, root, startDevServer } from './support/server.ts'
import { call, expectOk } from './support/vault.ts'

describe('the routes that answer without a token', () => {
  it('are the ones that SECURITY.md lists', () => {
    const page = readFileSync(join(root, 'SECURITY.md'), 'utf8')
    const listed = new Map<string, Set<string>>()
    for (const [, operations = '', path = ''] of page.matchAll(/^\| ([a-z, ]+?) +\| `([^`]+)` +\|/gm)) {
      const known = listed.get(path) ?? new Set()
      for (const operation of operations.split(', ')) known.add(operation)
      listed.set(path, known)
    }
    const declared = new Map<string, Set<string>>()
    for (const { path, operations } of declaredRoutes().filter(({ open }) => open)) {
      const known = declared.get(path) ?? new Set()
      for (const operation of operations) known.add(operation)
      declared.set(path, known)
    }
    const lines = (routes: Map<string, Set<string>>) =>
      [...routes].map(([path, operations]) => `${path}: ${[...operations].sort().join(', ')}`).sort()
    assert.deepEqual(lines(listed), lines(declared))
  })
})

describe('every other route', () => {
  let server: RunningServer
  before(async () => {
    server = await startDevServer()
    for (const { path, fields } of mountsOfAll()) await expectOk(server, 'POST', path, fields)
  })
  after(() => server?.stop())

  it('refuses what takes note of a token but says nothing without one', async () => {
    for (const path of ['sys/internal/specs/openapi', 'sys/internal/ui/mounts/kv-1']) {
      assert.equal((await call({ ...server, token: '' }, 'GET', path)).status, 403, path)
    }
  })

  for (const token of ['', 'hvs.not-a-token']) {
    it(`refuses a request ${token === '' ? 'without a token' : 'with a token that is not known'}`, async () => {
      const answered: string[] = []
      let asked = 0
      for (const route of declaredRoutes().filter(({ open }) => !open)) {
        const real = route.at
        for (const operation of route.operations) {
          const { status } = await call({ ...server, token }, methods[operation], real)
          asked++
          if (status !== 403) answered.push(`${operation} ${real}: ${status}`)
        }
      }
      assert.deepEqual(answered, [])
      assert.ok(asked > 100, `${asked} were asked`)
    })
  }
})
