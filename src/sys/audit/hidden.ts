import { parseLine } from '../../audit/reader/filter.ts'
import type { MountTable } from '../../backend/mounts/mount-table.ts'
import { spaceWithin } from '../../backend/spaces/space.ts'
import { isJsonObject, type JsonObject } from '../../base/json/json.ts'

const told = ['data', 'data_omitted'] as const

/**
 * A line of an audit log as operators see it through the API, who could make a device and read it there: without
 * what a request or an answer about somebody's space or cubbyhole held. Of that the log has numbers, dates and names
 * of fields in clear, and hashes of texts, by which guesses could be tried.
 *
 * @returns the line as it is where it holds nothing of that
 */
export function withoutPersonal(line: string, mounts: MountTable): string {
  if (!told.some((name) => line.includes(`"${name}":`))) return line
  const whole = parseLine(line)
  const request = whole?.request ?? null
  if (whole === undefined || !isJsonObject(request) || !isPersonal(request, mounts)) return line
  const shown = (part: JsonObject[string] | undefined) => (isJsonObject(part ?? null) ? hidden(part) : part)
  return JSON.stringify({
    ...whole,
    request: hidden(request),
    ...(whole.response !== undefined && { response: shown(whole.response) }),
  })
}

function hidden(part: JsonObject[string] | undefined): JsonObject {
  const { data, data_omitted: omitted, ...rest } = part as JsonObject // looked at by the caller
  return data === undefined && omitted === undefined ? rest : { ...rest, data_hidden: true }
}

/** Of a batch, of what is wrapped, and where the mount is gone or none, nobody can tell whose it is. */
function isPersonal(request: JsonObject, mounts: MountTable): boolean {
  const { path, mount_type: type, mount_accessor: accessor, mount_point: point } = request
  if (typeof path !== 'string' || typeof type !== 'string') return true
  if (/^sys\/(?:kv|wrapping)\//.test(path) || type === 'cubbyhole') return true
  if (type !== 'kv') return false
  const mount = typeof accessor === 'string' ? mounts.byAccessor(accessor) : undefined
  if (mount === undefined || typeof point !== 'string' || !path.startsWith(point)) return true
  const space = spaceWithin(mount, path.slice(point.length))
  return space !== undefined
}
