import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Caller, SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, readMounts } from '../../backend/mounts/mount-table.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { readSpacesTable } from '../../backend/spaces/logins.ts'
import { namedSpace, ownerOf, personId } from '../../backend/spaces/space.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { Acl } from '../../policy/acl.ts'
import { capabilityNames } from '../../policy/rule.ts'

/** What folders are called, by their names. */
type Titles = Readonly<Record<string, string>>

/** Rules that are looked at most; nobody can make use of more. */
const maxRules = 10_000

/** Where the caller keeps secrets: their own space, and the folders of their virtual organisations. */
async function ownPlaces({ tx, caller }: SystemContext): Promise<Reply> {
  if (caller === undefined) fail('permission_denied')
  const [mounts, { logins }] = await Promise.all([readMounts(tx), readSpacesTable(tx)])
  const places = new Map<string, Titles>()
  for (const { home, titles } of logins) {
    const mount = mounts.byUuid(home)
    if (mount === undefined) continue
    const folder = `${mountPoint(mount)}vos/`
    places.set(folder, { ...places.get(folder), ...titles })
  }
  return {
    data: { own: await ownFolder(tx, mounts, caller), shared: shared(caller.acl, places) },
  }
}

/** The folder that a token names as its person's, while they own it and the token opens something in it. */
async function ownFolder(
  tx: SystemContext['tx'],
  mounts: MountTable,
  { acl, token: { record } }: Caller,
): Promise<string | null> {
  const space = namedSpace(record.space)
  const mount = space && mounts.byUuid(space.mount)
  if (space === undefined || mount === undefined) return null
  const owner = await ownerOf(tx, space)
  if (owner === undefined || personId(owner) !== record.person) return null
  const folder = `${mountPoint(mount)}${space.people}/${space.folder}/`
  return acl.mayReach(folder) ? folder : null
}

/** The folders below those of virtual organisations that a rule of the caller names, whatever is in them. */
function shared(acl: Acl, places: ReadonlyMap<string, Titles>): JsonObject[] {
  const folders = [...places.keys()]
  const found = new Map<string, boolean>()
  let looked = 0
  for (const { pattern, grant } of acl.rules()) {
    if (++looked > maxRules) break
    const folder = folders.find((one) => pattern.startsWith(one))
    const name = folder === undefined ? undefined : /^([^/*+]+)\/\*?$/.exec(pattern.slice(folder.length))?.[1]
    if (folder === undefined || name === undefined) continue
    const may = capabilityNames(grant.capabilities)
    if (!may.includes('list') && !may.includes('read')) continue
    const path = `${folder}${name}/`
    found.set(path, found.get(path) === true || may.includes('create') || may.includes('update'))
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, writable]) => {
      const name = path.split('/').at(-2) ?? ''
      const titles = places.get(path.slice(0, path.length - name.length - 1)) ?? {}
      const title = Object.hasOwn(titles, name) ? titles[name] : undefined
      return { name, path, writable, ...(title === undefined ? {} : { title }) }
    })
}

export const internalSpacesRoute = systemRoute({
  path: 'internal/ui/spaces',
  summary: 'The caller’s own space, and the shared folders that their policies name.',
  description:
    'Paths have their mount and end in a slash. A folder is named whether there is anything in it or not. It decides nothing: each request is checked by itself.',
  unauthenticated: true,
  tokenWelcome: true,
  answers: {
    read: answer.data(
      shape.object({
        own: shape.orNull(shape.string('Null for a token of nobody who has one.')),
        shared: shape.list(
          shape.object(
            { name: shape.string(), path: shape.string(), writable: shape.boolean() },
            { title: shape.string('What people call it, where the configuration says so.') },
          ),
        ),
      }),
    ),
  },
  operations: { read: ownPlaces },
})
