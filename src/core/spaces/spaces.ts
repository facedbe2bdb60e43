import type { Caller } from '../../backend/context.ts'
import type { Login } from '../../backend/login.ts'
import type { ApiRequest } from '../../backend/message.ts'
import { type Mount, mountPoint } from '../../backend/mount.ts'
import { readMounts } from '../../backend/mount-table.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { applySpaces } from './apply.ts'
import { claimSpace, guardSpace, ownSpaces, personId } from './owners.ts'
import type { SpacesSettings } from './settings.ts'

/** Private spaces and shared folders, as far as the request path meets them. */
export type Spaces = {
  apply(tx: Transaction): Promise<void>
  /** Refuses everybody but the owner below a person's space, and changes to what the configuration made. */
  guard(tx: Transaction, mount: Mount, request: ApiRequest, caller: Caller | undefined): Promise<void>
  /** The names that the listing of people's folders shows; undefined when the listing is an ordinary one. */
  listed(
    tx: Transaction,
    mount: Mount,
    request: ApiRequest,
    caller: Caller | undefined,
  ): Promise<string[] | undefined>
  /** @returns what the token of this login says of the person */
  arrived(tx: Transaction, mount: Mount, login: Login): Promise<{ person?: string; space?: string }>
}

export function createSpaces(all: readonly SpacesSettings[], clock: Clock, random: Random): Spaces {
  return {
    async apply(tx) {
      for (const settings of all) await applySpaces(tx, random, settings, clock.now())
    },
    async guard(tx, mount, request, caller) {
      if (mount.spaces === undefined) return
      if (mount.table === 'secret') return guardSpace(tx, mount, request.path, caller)
      const inside = request.path.slice(mountPoint(mount).length)
      const changes = request.verb !== 'read' && request.verb !== 'list'
      // Whoever could change whom a method trusts could log in as anybody.
      if (changes && inside !== 'login') {
        fail('forbidden', 'this auth method follows from the spaces configuration; change it there')
      }
    },
    async listed(tx, mount, request, caller) {
      if (mount.spaces === undefined || request.path !== `${mountPoint(mount)}users/`) return undefined
      return ownSpaces(tx, mount, caller)
    },
    async arrived(tx, mount, { person }) {
      if (person === undefined) return {}
      const id = { person: personId(person) }
      if (mount.spaces === undefined) return id
      const { mounts } = await readMounts(tx)
      const home = mounts.find((other) => other.table === 'secret' && other.spaces === mount.spaces)
      if (home === undefined) return id
      await claimSpace(tx, home, person, clock.now())
      return { ...id, space: person.value }
    },
  }
}
