import { useQuery } from '@tanstack/react-query'
import { isJsonObject, type JsonObject } from '../../../src/base/json/json.ts'
import { flagOf, listOf, numberOf, objectOf, textOf } from '../../../src/client/shape.ts'
import { api } from './client.ts'
import { below, mountOf } from './secrets.ts'
import { type Who, whoOf } from './who.ts'

/** The last time that a secret was used in one way. */
export type LastUse = {
  readonly who: Who
  /** RFC 3339. */
  readonly time: string
  readonly address: string
  /** By somebody who is not the owner of the space, while it was open to them. */
  readonly opened: boolean
}

export type PersonUse = {
  readonly who: Who
  readonly reads: number
  readonly writes: number
  /** RFC 3339; empty where they never did. */
  readonly lastRead: string
  readonly lastWrite: string
  /** From where they came last; empty where nobody knows. */
  readonly address: string
  /** When they last used it while the space was open to them, RFC 3339; empty for never. */
  readonly lastOpened: string
}

export type SecretUsage = {
  readonly reads: number
  readonly writes: number
  /** Since when it is counted, RFC 3339; empty where nothing was. */
  readonly since: string
  readonly lastRead: LastUse | undefined
  readonly lastWrite: LastUse | undefined
  /** The last ones, the newest first. */
  readonly people: readonly PersonUse[]
}

/** Who used a secret, and when. */
export const useUsage = (path: string) =>
  useQuery({ queryKey: ['usage', path], queryFn: () => readUsage(path) })

async function readUsage(path: string): Promise<SecretUsage> {
  const mount = await mountOf(path)
  const data = (await api.kv.usage(mount, below(mount, path)))?.data ?? {}
  return {
    reads: numberOf(data.reads),
    writes: numberOf(data.writes),
    since: textOf(data.since),
    lastRead: lastUse(data.last_read),
    lastWrite: lastUse(data.last_write),
    people: listOf(data.people).map((one) => ({
      who: whoOf(one),
      reads: numberOf(one.reads),
      writes: numberOf(one.writes),
      lastRead: textOf(one.last_read),
      lastWrite: textOf(one.last_write),
      address: textOf(one.remote_address),
      lastOpened: textOf(one.last_by_opening),
    })),
  }
}

function lastUse(value: JsonObject[string] | undefined): LastUse | undefined {
  if (!isJsonObject(value ?? null)) return undefined
  const use = objectOf(value)
  return {
    who: whoOf(use),
    time: textOf(use.time),
    address: textOf(use.remote_address),
    opened: flagOf(use.by_opening),
  }
}
