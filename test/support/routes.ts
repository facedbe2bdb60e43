import assert from 'node:assert/strict'
import type { Verb } from '../../src/backend/message.ts'
import type { Route } from '../../src/backend/route.ts'
import { systemClock } from '../../src/base/clock.ts'
import { systemRandom } from '../../src/base/random.ts'
import { installBackends } from '../../src/core/node/backends.ts'
import { metricsRoutes } from '../../src/sys/metrics/routes.ts'
import { sealRoutes } from '../../src/sys/seal/routes.ts'
import { healthRoute } from '../../src/sys/status/health.ts'

type Operation = keyof typeof verbs

/** A route of the server, as it is declared. */
export type Declared = Pick<
  Route<never>,
  'summary' | 'description' | 'fields' | 'sudo' | 'unrecorded' | 'secret'
> & {
  /** The path that a request has, with `{name}` for its parameters and `<mount>` for the name of a mount. */
  readonly path: string
  readonly operations: readonly Operation[]
  /** Answers without a token. */
  readonly open: boolean
}

/** What asks for an operation. */
export const verbs = {
  read: 'read',
  create: 'write',
  update: 'write',
  patch: 'patch',
  delete: 'delete',
  list: 'list',
  scan: 'scan',
} as const satisfies Record<string, Verb>

const never = (): never => assert.fail('the declarations are looked at, not run')

/** Every route that a server declares. */
export function declaredRoutes(): Declared[] {
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
  return [...seal.open, ...seal.whenSealed, health, metrics.open, ...mounted].map((route) => ({
    ...route,
    operations: [
      // The type of a declaration names no others.
      ...(Object.keys(route.operations) as Operation[]),
      ...(route.list === undefined ? [] : ['list' as const]),
    ].sort(),
    open: route.unauthenticated === true,
  }))
}

function prefixOf(kind: string, type: string): string {
  if (kind === 'auth') return type === 'token' ? 'auth/token/' : 'auth/<mount>/'
  return type === 'system' ? 'sys/' : ['identity', 'cubbyhole'].includes(type) ? `${type}/` : '<mount>/'
}

/** A path that leads to a route, where `kv/` and `auth/jwt/` are mounted. */
export const pathTo = ({ path }: Declared): string =>
  path
    .replace('auth/<mount>/', 'auth/jwt/')
    .replace('<mount>/', 'kv/')
    .replace(/\{\w+\+?\}/g, 'x')
