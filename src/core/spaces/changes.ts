import type { Mount } from '../../backend/mounts/mount.ts'
import { type EventKind, recordEvent } from '../../backend/spaces/events.ts'
import type { SpacesLogin } from '../../backend/spaces/logins.ts'
import { peopleOf } from '../../backend/spaces/space.ts'
import type { Clock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { Random } from '../../base/random.ts'
import type { Transaction } from '../../transaction/transaction.ts'

type Tools = { readonly clock: Clock; readonly random: Random }

const trusted = ({ issuer, claim }: SpacesLogin): JsonObject => ({ claim, issuer })

/**
 * Records for the owners what a changed configuration means for them. It lets nobody in: an owner is issuer,
 * claim and value as stored at the first login.
 *
 * @returns the same for the operator
 */
export function recordChanges(
  tx: Transaction,
  { clock, random }: Tools,
  before: readonly SpacesLogin[],
  after: readonly SpacesLogin[],
): string[] {
  const texts: string[] = []
  const tell = (login: SpacesLogin, kind: EventKind, text: string, details: JsonObject): void => {
    const { name, home, people } = login
    recordEvent(
      tx,
      random,
      { mount: home, people, folder: '' },
      { time: clock.now(), kind, details: { spaces: name, ...details } },
    )
    texts.push(`spaces "${name}": ${text}; the owners of its spaces were told`)
  }
  for (const login of after) {
    const had = before.find(({ name }) => name === login.name)
    const shared = before.some(({ home, people }) => home === login.home && people === login.people)
    const [now, then] = [login.retired === true, had?.retired === true]
    if (had === undefined) {
      if (shared) tell(login, 'provider_added', 'its people share the folder of others', trusted(login))
      continue
    }
    if (now && !then) tell(login, 'provider_removed', 'its provider is trusted no longer', trusted(login))
    if (had.issuer !== login.issuer || had.claim !== login.claim) {
      tell(login, 'provider_changed', 'it trusts another issuer or claim than before', {
        before: trusted(had),
        after: trusted(login),
      })
    } else if (!now && then) tell(login, 'provider_added', 'its provider is trusted again', trusted(login))
  }
  return texts
}

/** The same for a secrets mount that moved. */
export function recordMoves(
  tx: Transaction,
  { clock, random }: Tools,
  before: readonly Mount[],
  after: readonly Mount[],
): string[] {
  const texts: string[] = []
  for (const mount of after) {
    const had = before.find(({ uuid }) => uuid === mount.uuid)
    if (had === undefined || had.path === mount.path || mount.table !== 'secret') continue
    for (const people of peopleOf(had)) {
      const space = { mount: mount.uuid, people, folder: '' }
      recordEvent(tx, random, space, {
        time: clock.now(),
        kind: 'mount_moved',
        details: { before: had.path, after: mount.path },
      })
    }
    texts.push(`the spaces at "${had.path}" moved to "${mount.path}"; their owners were told`)
  }
  return texts
}
