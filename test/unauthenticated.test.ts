import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../src/base/clock.ts'
import { systemRandom } from '../src/base/random.ts'
import { installBackends } from '../src/core/node/backends.ts'
import { metricsRoutes } from '../src/sys/metrics/routes.ts'
import { sealRoutes } from '../src/sys/seal/routes.ts'
import { healthRoute } from '../src/sys/status/health.ts'
import { type RunningServer, root, startDevServer } from './support/server.ts'
import { call, expectOk } from './support/vault.ts'

type Declared = { readonly path: string; readonly operations: readonly string[]; readonly open: boolean }

const never = (): never => assert.fail('the declarations are looked at, not run')

/** Every route that a server declares, with the path that a request has. */
function declarations(): Declared[] {
  const seal = sealRoutes({ keeper: never, version: '', hostname: '', apiAddress: '' })
  const metrics = metricsRoutes({ clock: systemClock(), collect: never, prometheus: true })
  const registry = installBackends({
    clock: systemClock(),
    random: systemRandom,
    version: '',
    systemTtl: { default: 1, max: 1 },
    seal,
    metrics,
    tokens: never,
    audit: never,
    usage: never,
    guard: never,
    sweepSoon: never,
  })
  const mounted = [...registry.values()].flatMap(({ backend: { kind, type, routes } }) =>
    routes.map((route) => ({ ...route, path: `${prefixOf(kind, type)}${route.path}` })),
  )
  const health = healthRoute(never, systemClock())
  return [...seal.open, ...seal.whenSealed, health, metrics.open, ...mounted].map(
    ({ path, operations, list, unauthenticated }) => ({
      path,
      operations: [...Object.keys(operations), ...(list === undefined ? [] : ['list'])].sort(),
      open: unauthenticated === true,
    }),
  )
}

function prefixOf(kind: string, type: string): string {
  if (kind === 'auth') return type === 'token' ? 'auth/token/' : 'auth/<mount>/'
  return type === 'system' ? 'sys/' : ['identity', 'cubbyhole'].includes(type) ? `${type}/` : '<mount>/'
}

const methods: Record<string, string> = {
  read: 'GET',
  create: 'POST',
  update: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}

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
    for (const { path, operations } of declarations().filter(({ open }) => open)) {
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
    await expectOk(server, 'POST', 'sys/auth/jwt', { type: 'jwt' })
    await expectOk(server, 'POST', 'sys/mounts/kv', { type: 'kv', options: { version: '1' } })
  })
  after(() => server?.stop())

  it('refuses what takes note of a token but says nothing without one', async () => {
    for (const path of ['sys/internal/specs/openapi', 'sys/internal/ui/mounts/kv']) {
      assert.equal((await call({ ...server, token: '' }, 'GET', path)).status, 403, path)
    }
  })

  for (const token of ['', 'hvs.not-a-token']) {
    it(`refuses a request ${token === '' ? 'without a token' : 'with a token that is not known'}`, async () => {
      const answered: string[] = []
      let asked = 0
      for (const { path, operations } of declarations().filter(({ open }) => !open)) {
        const real = path
          .replace('auth/<mount>/', 'auth/jwt/')
          .replace('<mount>/', 'kv/')
          .replace(/\{\w+\+?\}/g, 'x')
        for (const operation of operations) {
          const { status } = await call({ ...server, token }, methods[operation] ?? operation, real)
          asked++
          if (status !== 403) answered.push(`${operation} ${real}: ${status}`)
        }
      }
      assert.deepEqual(answered, [])
      assert.ok(asked > 100, `${asked} were asked`)
    })
  }
})
