import type { Caller } from '../../backend/context.ts'
import type { Login } from '../../backend/logins/login.ts'
import type { ApiRequest, Operation } from '../../backend/message.ts'
import { type Mount, mountPoint } from '../../backend/mounts/mount.ts'
import type { Entrant } from '../../backend/spaces/entry.ts'
import { readSpacesTable } from '../../backend/spaces/logins.ts'
import { personId, spaceAt, spaceName } from '../../backend/spaces/space.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { applySpaces, type TransactIn } from './apply.ts'
import { knownElsewhere } from './elsewhere.ts'
import { claimSpace, guardSpace, ownSpaces } from './guard.ts'
import { folderName, groupNames } from './names.ts'
import type { SpacesSettings } from './settings.ts'

/** A login with the names that it goes by here, and what its token says of the person. */
export type Arrived = {
  readonly login: Login
  readonly person: { readonly person?: string; readonly space?: string }
}

/** Private spaces and shared folders, as far as the request path meets them. */
export type Spaces = {
  /** @returns what an operator should know */
  apply(transactIn: TransactIn): Promise<readonly string[]>
  /** Refuses everybody but the owner below a person's space, and changes to what the configuration made. */
  guard(
    tx: Transaction,
    mount: Mount,
    request: Pick<ApiRequest, 'path' | 'verb'>,
    operation: Operation,
    caller: Entrant | undefined,
  ): Promise<void>
  /** The names that the listing of people's folders shows; undefined when the listing is an ordinary one. */
  listed(
    tx: Transaction,
    mount: Mount,
    request: { readonly path: string },
    caller: Caller | undefined,
  ): Promise<string[] | undefined>
  /** @throws forbidden when the person has no space here and can get none */
  arrived(tx: Transaction, mount: Mount, login: Login): Promise<Arrived>
}

/** What is written to log in, and changes nothing of whom a method trusts. */
const logins: ReadonlySet<string> = new Set(['login', 'oidc/auth_url', 'oidc/poll'])

export function createSpaces(all: readonly SpacesSettings[], clock: Clock, random: Random): Spaces {
  return {
    apply: (transactIn) => applySpaces(transactIn, { clock, random }, all),
    async guard(tx, mount, request, operation, caller) {
      if (mount.spaces === undefined) return
      if (mount.table === 'secret') {
        const space = spaceAt(mount, request.path)
        // The folder of people itself holds nothing; its listing is answered by ownSpaces.
        if (space === undefined || space.folder === '') return
        return guardSpace(tx, space, { path: request.path, operation }, caller, clock.now())
      }
      const inside = request.path.slice(mountPoint(mount).length)
      const changes = request.verb !== 'read' && request.verb !== 'list'
      // Whoever could change whom a method trusts could log in as anybody.
      if (changes && !logins.has(inside)) {
        fail('forbidden', 'this auth method follows from the spaces configuration; change it there')
      }
    },
    async listed(tx, mount, request, caller) {
      const people = spaceAt(mount, request.path.endsWith('/') ? request.path : `${request.path}/`)
      return people?.folder === '' ? ownSpaces(tx, people, caller) : undefined
    },
    async arrived(tx, mount, login) {
      const { person } = login
      if (mount.spaces === undefined) return { login, person: await knownElsewhere(tx, login, all) }
      const table = await readSpacesTable(tx)
      const known = table.logins.find(
        ({ auth, issuer, claim, retired }) =>
          auth === mount.uuid && issuer === person?.issuer && claim === person.claim && retired !== true,
      )
      if (person === undefined || known === undefined) {
        fail('forbidden', 'the spaces configuration trusts no such provider')
      }
      const folder = folderName(person.value, known.qualifier)
      const space = { mount: known.home, people: known.people, folder }
      await claimSpace(tx, space, person, clock.now())
      return {
        login: {
          ...login,
          displayName: folder,
          alias: { ...login.alias, name: folder },
          groups: login.groups === undefined ? undefined : groupNames(login.groups, known, table.logins),
        },
        person: { person: personId(person), space: spaceName(space) },
      }
    },
  }
}
