import assert from 'node:assert/strict'
import { type Answers, type Asked, askedBy } from '../../src/backend/answers/answer.ts'
import type { Verb } from '../../src/backend/message.ts'
import type { Route } from '../../src/backend/routes/route.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { systemRandom } from '../../src/base/random.ts'
import { installBackends } from '../../src/core/node/backends.ts'
import { createInFlight } from '../../src/core/request/records/in-flight.ts'
import { metricsRoutes } from '../../src/sys/metrics/routes.ts'
import { sealRoutes } from '../../src/sys/seal/routes.ts'

type Operation = keyof typeof verbs

/** A route of the server, as it is declared. */
export type Declared = Pick<
  Route<never>,
  'summary' | 'description' | 'fields' | 'query' | 'sudo' | 'unrecorded' | 'secret'
> & {
  /** The path that a request has, with `{name}` for its parameters and `<mount>` for the name of a mount. */
  readonly path: string
  /** A path that leads to it where {@link mountsOfAll} are mounted. */
  readonly at: string
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

/** The HTTP method that asks for an operation. */
export const methods: Readonly<Record<Operation, string>> = {
  read: 'GET',
  create: 'POST',
  update: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}

const never = (): never => assert.fail('the declarations are looked at, not run')

const seal = sealRoutes({ keeper: never, version: '', shared: false, nodes: never })
const metrics = metricsRoutes({ clock: systemClock(), collect: never, prometheus: true })
const backends = () =>
  installBackends({
    clock: systemClock(),
    random: systemRandom,
    version: '',
    systemTtl: { default: 1, max: 1 },
    seal,
    metrics,
    process: { inFlight: createInFlight(), log: undefined },
    tokens: never,
    audit: never,
    usage: never,
    days: never,
    journal: never,
    guard: never,
    listed: never,
    sweepSoon: never,
    movesSoon: never,
    ground: never,
  })

/** Every route that a server declares. */
export function declaredRoutes(): Declared[] {
  const mounted = [...backends().values()].flatMap(({ backend }) =>
    backend.routes.map((route) => ({
      ...route,
      path: `${prefixOf(backend)}${route.path}`,
      at: withParameters(`${prefixOf(backend).replace('<mount>', nameOf(backend))}${route.path}`),
    })),
  )
  const open = [...seal.open, ...seal.whenSealed, metrics.open]
  return [...open.map((route) => ({ ...route, at: withParameters(route.path) })), ...mounted].map(
    (route) => ({
      ...route,
      operations: [
        // The type of a declaration names no others.
        ...(Object.keys(route.operations) as Operation[]),
        ...(route.list === undefined ? [] : ['list' as const]),
        ...(route.scan === undefined ? [] : ['scan' as const]),
      ].sort(),
      open: route.unauthenticated === true,
    }),
  )
}

/** A route under the name that the trail of its requests has, once for all that differs in its answers. */
export type Installed = {
  readonly label: string
  readonly route: { readonly answers?: Answers }
  readonly asked: Asked
}

export function installedRoutes(): Installed[] {
  const open = [...seal.open, ...seal.whenSealed, metrics.open]
  const all = [
    ...open.map((route) => ({ label: route.path, route })),
    ...[...backends().values()].flatMap(({ backend: { kind, type, routes } }) =>
      routes.map((route) => ({
        label: `${kind === 'auth' ? 'auth/' : ''}${type === 'system' ? 'sys' : type}/${route.path}`,
        route,
      })),
    ),
  ]
  return all.flatMap(({ label, route }) => {
    // The type of a declaration names no others.
    const named = Object.keys(route.operations) as (keyof typeof route.operations)[]
    const asked = new Set<Asked>(named.map((one) => askedBy[one]))
    if (route.list !== undefined || route.scan !== undefined) asked.add('list')
    return [...asked].map((one) => ({ label, route, asked: one }))
  })
}

/** What to write where, so that everything that can be mounted is, each at the name of its type. */
export function mountsOfAll(): { readonly path: string; readonly fields: JsonObject }[] {
  return [...backends().values()].flatMap(({ backend, privileged }) => {
    if (privileged) return []
    const { kind, type, version } = backend
    const options = version === undefined ? {} : { options: { version } }
    return [
      {
        path: `sys/${kind === 'auth' ? 'auth' : 'mounts'}/${nameOf(backend)}`,
        fields: { type, ...options },
      },
    ]
  })
}

type Named = { readonly kind: string; readonly type: string; readonly version?: string | undefined }

const nameOf = ({ type, version }: Named) => (version === undefined ? type : `${type}-${version}`)

function prefixOf({ kind, type }: Named): string {
  if (kind === 'auth') return type === 'token' ? 'auth/token/' : 'auth/<mount>/'
  return type === 'system' ? 'sys/' : ['identity', 'cubbyhole'].includes(type) ? `${type}/` : '<mount>/'
}

const withParameters = (path: string) => path.replace(/\{\w+\+?\}/g, 'x')
