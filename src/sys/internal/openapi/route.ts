import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import { type Mount, mountPoint } from '../../../backend/mounts/mount.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { field } from '../../../backend/routes/fields.ts'
import { type SystemRoute, systemRoute } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import type { Served, SystemServices } from '../../services.ts'
import { documentOf } from './document.ts'
import { nameOf, words } from './names.ts'
import type { Place } from './place.ts'

const fields = {
  generic_mount_paths: field.boolean(
    'Describe all engines and auth methods of the server, each at a parameter for its mount, in place of the mounts ' +
      'that the caller can use.',
  ),
}

/** The description of the API: made from the routes, so that what is served is what is described. */
export function openApiRoute(services: SystemServices): SystemRoute {
  return systemRoute({
    path: 'internal/specs/openapi',
    summary: 'The description of this API.',
    unauthenticated: true,
    tokenWelcome: true,
    fields,
    answers: { read: answer.bare(shape.anyObject('An OpenAPI document.')) },
    operations: {
      read: async ({ tx, caller }, { generic_mount_paths: generic = false }) => {
        if (caller === undefined) fail('permission_denied')
        const { mounts } = await readMounts(tx)
        const places = generic
          ? services.served().map(genericPlace)
          : mounts
              .filter((mount) => caller.acl.mayReach(mountPoint(mount)))
              .flatMap((mount) => placeOf(services, mount))
        return {
          bare: documentOf(
            places.map((place) => withOpen(services, place)),
            services.version,
          ),
        }
      },
    },
  })
}

function placeOf(services: SystemServices, mount: Mount): Place[] {
  const served = services.servedBy(mount)
  return served === undefined ? [] : [{ ...served, point: mountPoint(mount) }]
}

/** Where an engine or auth method is whatever it is called: those that cannot be mounted are where they always are. */
function genericPlace(served: Served): Place {
  const { table, type, mountable } = served
  const before = table === 'auth' ? 'auth/' : ''
  if (!mountable) return { ...served, point: type === 'system' ? 'sys/' : `${before}${type}/` }
  const name = `${words(nameOf(served)).join('_')}_mount_path`
  return { ...served, point: `${before}{${name}}/`, mountParameter: { name, standard: nameOf(served) } }
}

/** Routes that answer in every state of the node are declared with their whole path. */
function withOpen({ seal }: SystemServices, place: Place): Place {
  if (place.type !== 'system') return place
  const open = seal.open.map((route) => ({
    ...route,
    path: route.path.slice('sys/'.length),
  }))
  // Only the declarations are read here.
  return { ...place, routes: [...place.routes, ...(open as unknown as SystemRoute[])] }
}
