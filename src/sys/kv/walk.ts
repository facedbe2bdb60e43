import type { SystemContext } from '../../backend/context.ts'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { maxPathBytes } from '../../backend/routes/path.ts'
import { fail, isFailure } from '../../base/errors.ts'
import { type Place, plainPath } from './place.ts'

/** What a walk may still do, and where it stopped when that was not enough. */
export type Steps = {
  /** Plain requests that may still be made. */
  left: number
  /** Behind the folder: where to go on, once there are none left. */
  stopped: string | undefined
}

/** Plain requests that one request makes, at most. */
export const mostSteps = 2000
const pageSize = 1000
/** Names that count as one more plain request. */
const namesOfStep = 100
/** Behind every name of a folder. */
const beyond = '\u{10ffff}'

/**
 * The secrets below a folder as plain lists show them to the caller, one list a folder, in the order of whole paths.
 * A folder below that the caller may not list is passed over.
 *
 * @param top empty, or ending in `/`; behind the mount
 * @param after the path behind `top` to go on behind
 * @returns paths behind `top`
 * @throws what the list of the folder itself is refused with; invalid_request for an `after` longer than any path
 */
export async function* walk(
  context: SystemContext,
  place: Place,
  top: string,
  after: string | undefined,
  steps: Steps,
): AsyncGenerator<string> {
  // Each of its folders is gone into, one within the other.
  if ((after?.length ?? 0) > maxPathBytes + beyond.length) fail('invalid_request', '"after" is no path')
  async function* below(folder: string, start: string | undefined): AsyncGenerator<string> {
    let behind = start === '' ? undefined : start
    const slash = behind?.indexOf('/') ?? -1
    if (behind !== undefined && slash >= 0) {
      const first = behind.slice(0, slash + 1)
      yield* below(folder + first, behind.slice(slash + 1))
      behind = first
    }
    while (steps.stopped === undefined) {
      if (steps.left-- <= 0) {
        steps.stopped = folder + (behind?.endsWith('/') === true ? behind + beyond : (behind ?? ''))
        return
      }
      const names = await namesOf(context, place, top, folder, behind)
      // All answers are kept until the log has them.
      steps.left -= Math.floor(names.length / namesOfStep)
      for (const name of names) {
        if (name.endsWith('/')) yield* below(folder + name, undefined)
        else yield folder + name
        if (steps.stopped !== undefined) return
      }
      if (names.length < pageSize) return
      behind = names.at(-1)
    }
  }
  yield* below('', after)
}

async function namesOf(
  context: SystemContext,
  place: Place,
  top: string,
  folder: string,
  after: string | undefined,
): Promise<readonly string[]> {
  const fields = { limit: String(pageSize), ...(after === undefined ? {} : { after }) }
  const path = plainPath(place, 'list', top + folder)
  try {
    const reply = await context.subrequests.within({ verb: 'list', path, fields })
    return keysOf(reply)
  } catch (error) {
    if (isFailure(error, 'not_found')) return []
    if (folder !== '' && isFailure(error, 'policy_denied')) return []
    throw error
  }
}

function keysOf({ data }: Reply): readonly string[] {
  const keys = data instanceof EncodedJson ? undefined : data?.keys
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
}
