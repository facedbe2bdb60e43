import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'

/*
 * What follows from the metadata of a secret of version 2, as a plain read shows it.
 */

export const notesOf = ({ custom_metadata: notes = null }: JsonObject): ReadonlyMap<string, string> =>
  new Map(
    isJsonObject(notes)
      ? Object.entries(notes).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
      : [],
  )

/**
 * When a secret ends: the day or time that its custom metadata gives as `expires` (`2030-01-31`, or RFC 3339), or when
 * its newest version deletes itself, whichever is first. Milliseconds since 1970; undefined where it does not.
 */
export function endOf(data: JsonObject, now: number): number | undefined {
  const { deletion } = newest(data)
  const ends = [
    timeOf(notesOf(data).get('expires')),
    deletion !== undefined && deletion > now ? deletion : undefined,
  ]
  return ends.filter((end) => end !== undefined).sort((a, b) => a - b)[0]
}

/** The newest version, where it was deleted and can still come back; undefined where it is there, or destroyed. */
export function whenDeleted(
  data: JsonObject,
  now: number,
): { readonly version: number; readonly at: number } | undefined {
  const { version, deletion, destroyed } = newest(data)
  return deletion === undefined || deletion > now || destroyed ? undefined : { version, at: deletion }
}

function newest({ current_version: current = null, versions = null }: JsonObject) {
  const version = typeof current === 'number' ? current : 0
  const about = objectOf(objectOf(versions)[String(version)] ?? null)
  return { version, deletion: timeOf(about.deletion_time), destroyed: about.destroyed === true }
}

const objectOf = (value: Json): JsonObject => (isJsonObject(value) ? value : {})

const day = /^\d{4}-\d\d-\d\d$/
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/

/** A day ends with it, in UTC. */
function timeOf(text: JsonObject[string] | undefined): number | undefined {
  if (typeof text !== 'string' || !(day.test(text) || moment.test(text))) return undefined
  const time = Date.parse(day.test(text) ? `${text}T23:59:59.999Z` : text)
  return Number.isNaN(time) ? undefined : time
}
