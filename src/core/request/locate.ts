import type { Backend, SystemBackend } from '../../backend/backend.ts'
import type { Context } from '../../backend/context.ts'
import type { ApiRequest } from '../../backend/message.ts'
import { type Mount, mountPoint } from '../../backend/mount.ts'
import type { MountTable } from '../../backend/mount-table.ts'
import type { Route } from '../../backend/route.ts'
import { createRouter, type Router } from '../../backend/router.ts'

/** What serves one mount type. `privileged` handlers get the whole transaction. */
export type Installed = {
  readonly backend: Backend | SystemBackend
  readonly privileged: boolean
  // Handlers are called with the context that `privileged` says; see handlerContext.
  readonly router: Router<Context>
}

export type Registry = ReadonlyMap<string, Installed>

/** `kv` of version 2 and 1 are two backends under one type; the mount's options choose. */
export function backendName(mount: Pick<Mount, 'type' | 'options' | 'table'>): string {
  const version = mount.type === 'kv' && mount.options?.version === '2' ? '2' : ''
  return `${mount.table}/${mount.type}${version}`
}

export function createRegistry(
  backends: readonly { name: string; backend: Backend | SystemBackend; privileged: boolean }[],
): Registry {
  return new Map(
    backends.map(({ name, backend, privileged }) => [
      name,
      // A system route's handler takes more than Context; only `privileged` ones are called with it.
      { backend, privileged, router: createRouter(backend.routes as unknown as readonly Route<Context>[]) },
    ]),
  )
}

/** Where a request leads: its mount, and the route inside if the mount has one for the path. */
export type Target = {
  readonly mount: Mount
  readonly installed: Installed
  readonly route: Route<Context> | undefined
  readonly params: Readonly<Record<string, string>>
}

/** @returns undefined when no mount serves the path */
export function locate(
  request: Pick<ApiRequest, 'path' | 'verb'>,
  mounts: MountTable,
  registry: Registry,
): Target | undefined {
  const mount = mounts.find(request.path)
  const installed = mount === undefined ? undefined : registry.get(backendName(mount))
  if (mount === undefined || installed === undefined) return undefined
  const inside = request.path.slice(mountPoint(mount).length)
  const lists = request.verb === 'list' || request.verb === 'scan'
  const match = installed.router.match(lists && inside.endsWith('/') ? inside.slice(0, -1) : inside)
  return { mount, installed, route: match?.route, params: match?.params ?? {} }
}
