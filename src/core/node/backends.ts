import type { Broker } from '../../audit/broker.ts'
import { approle } from '../../auth/approle/backend.ts'
import { jwt } from '../../auth/jwt/backend.ts'
import { kubernetes } from '../../auth/kubernetes/backend.ts'
import { token } from '../../auth/token/backend.ts'
import { userpass } from '../../auth/userpass/backend.ts'
import type { Backend, SystemBackend } from '../../backend/backend.ts'
import type { SecretStore } from '../../backend/kv/secrets.ts'
import type { Mount } from '../../backend/mounts/mount.ts'
import type { SystemRoute } from '../../backend/routes/route.ts'
import { createRouter } from '../../backend/routes/router.ts'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { cubbyhole } from '../../engines/cubbyhole/backend.ts'
import { identity } from '../../engines/identity/backend.ts'
import { kv1 } from '../../engines/kv1/backend.ts'
import { kv2 } from '../../engines/kv2/backend.ts'
import { transit } from '../../engines/transit/backend.ts'
import { systemBackend } from '../../sys/backend.ts'
import type { MetricsRoutes } from '../../sys/metrics/routes.ts'
import type { ProcessServices } from '../../sys/process/services.ts'
import type { SealRoutes } from '../../sys/seal/routes.ts'
import type { MountType, Served, SystemServices } from '../../sys/services.ts'
import type { TtlBounds } from '../../token/ttl.ts'
import { dutyNames } from '../duties/all.ts'
import { showDuties, showStoreCheck } from '../duties/view.ts'
import { judge } from '../request/caller/judge.ts'
import { may } from '../request/caller/may.ts'
import {
  backendName,
  createRegistry,
  type Installed,
  nameOfBackend,
  type Registry,
} from '../request/locate.ts'
import { secretAt } from '../request/secrets/secret-at.ts'
import { secretFolders } from '../request/secrets/secret-folder.ts'
import type { Services } from '../services.ts'
import { renewalOf } from './renewal.ts'

type Parts = Pick<Services, 'ground' | 'tokens' | 'usage' | 'days' | 'journal' | 'guard' | 'listed'> & {
  /** @throws sealed */
  audit(): Broker
  readonly clock: Clock
  readonly random: Random
  readonly version: string
  readonly systemTtl: TtlBounds
  readonly seal: SealRoutes
  readonly metrics: MetricsRoutes
  readonly process: ProcessServices
  sweepSoon(): void
  movesSoon(): void
}

/** What the server can do with the secrets of a mount. */
export function secretsOf(registry: Registry, mount: Mount): SecretStore | undefined {
  const backend = registry.get(backendName(mount))?.backend
  return backend !== undefined && 'secrets' in backend ? backend.secrets : undefined
}

function servedOf({ backend, privileged }: Installed): Served {
  const { kind, type, version, routes } = backend
  return {
    table: kind,
    type,
    mountable: !privileged,
    ...(version === undefined ? {} : { version }),
    // No handler is called with what this is for.
    routes: routes as readonly SystemRoute[],
  }
}

/** Everything that can serve a mount, under the names that {@link backendName} gives. */
export function installBackends(parts: Parts): Registry {
  const ordinary: readonly Backend[] = [
    kv1,
    kv2,
    ...jwt({ clock: parts.clock }),
    approle,
    userpass(),
    transit(),
    kubernetes(),
  ]
  const types = new Map<string, MountType>()
  const always = createRouter(parts.seal.open)
  const services: SystemServices = {
    tokens: parts.tokens,
    systemTtl: parts.systemTtl,
    typeOf: (mount) => types.get(backendName(mount)),
    mountTypes: () => [...types.values()].filter(({ mountable }) => mountable),
    process: parts.process,
    secretsOf: (mount) => secretsOf(registry, mount),
    grantsOf: (mount) => {
      const backend = registry.get(backendName(mount))?.backend
      return backend !== undefined && 'grants' in backend ? backend.grants : undefined
    },
    limits: () => parts.ground().store.limits,
    movesSoon: parts.movesSoon,
    served: () => [...registry.values()].map(servedOf),
    servedBy: (mount) => {
      const found = registry.get(backendName(mount))
      return found === undefined ? undefined : servedOf(found)
    },
    sweepSoon: parts.sweepSoon,
    version: parts.version,
    seal: parts.seal,
    metrics: parts.metrics,
    audit: parts.audit,
    usage: parts.usage,
    days: parts.days,
    journal: parts.journal,
    duties: { show: (tx) => showDuties(tx, dutyNames), showStoreCheck },
    may: (context, operation, path, part) => may(parts, context, operation, path, part),
    judge: (tx, asked, holder) => judge({ registry, guard: parts.guard, always }, tx, asked, holder),
    secretAt: (context, path) => secretAt({ registry, guard: parts.guard }, context, path),
    secretFolders: (context, path) => secretFolders({ ...parts, registry }, context, path),
  }
  const system: readonly SystemBackend[] = [
    systemBackend(services),
    identity,
    cubbyhole,
    token({
      tokens: parts.tokens,
      sweepSoon: parts.sweepSoon,
      renewalOf: (context, record) => renewalOf(registry, parts.systemTtl, context, record),
    }),
  ]
  const installed = [
    ...ordinary.map((backend) => ({ backend, privileged: false })),
    ...system.map((backend) => ({ backend, privileged: true })),
  ]
  const registry: Registry = createRegistry(installed)
  for (const { backend, privileged } of installed) {
    types.set(nameOfBackend(backend), { table: backend.kind, type: backend.type, mountable: !privileged })
  }

  return registry
}
