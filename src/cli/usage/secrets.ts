import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type Api, ClientError, numberOf, objectOf } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { fetchFrom, type Location, locate } from '../kv/locate.ts'
import { cell } from '../output/cell.ts'
import { formatFlag } from '../output/format.ts'
import { warn } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { showList, timeCell } from './table.ts'

const standardLimit = 100

export const secretsCommand = defineCommand({
  name: 'secrets',
  summary: 'Shows who read and who wrote the secrets below a folder last',
  details:
    'For whoever may list the folder; secrets that you may neither read nor update are left out. PATH may be one ' +
    'secret too: “coffer kv usage” shows more of it. The exit code is 2 when there is none.',
  examples: [['Of an application', 'coffer usage secrets secrets/app']],
  args: { path: one('Path of the folder: the mount and the name, without data/.') },
  flags: {
    limit: whole(
      `Ask about at most so many secrets, each in a request of its own; ${standardLimit} if absent.`,
    ),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `asking who used the secrets below ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const path = trimPath(call.args.path)
      const names = (await api.kv.many.scan(`${path}/`)) ?? []
      const { limit = standardLimit } = call.flags
      const some = names.length === 0 ? [''] : names.slice(0, limit)
      const location = await locate(api, path, undefined)
      const found: JsonObject[] = []
      for (const name of some) found.push(...(await usageOf(api, below(location, name), pathOf(path, name))))
      if (names.length > limit) {
        warn(call.io, `${names.length - limit} more lie below ${path}; -limit asks about more of them`)
      }
      return showList(call, found, {
        none: `No secret below ${path} whose usage you may see.`,
        asTable: () =>
          table(
            ['Secret', 'Reads', 'Writes', 'Last Read', 'By', 'Last Write', 'By'],
            found.map((each) => [
              cell(each.path),
              String(numberOf(each.reads)),
              String(numberOf(each.writes)),
              ...useCells(each.last_read),
              ...useCells(each.last_write),
            ]),
          ),
      })
    }),
})

const pathOf = (folder: string, name: string): string => (name === '' ? folder : `${folder}/${name}`)

const useCells = (use: JsonObject[string] | undefined): string[] => {
  const { time, display_name } = objectOf(use)
  return [timeCell(time), timeCell(display_name)]
}

function below(location: Location, name: string): Location {
  const inside = (path: string) =>
    path === '' ? name : name === '' ? path : `${path.replace(/\/$/, '')}/${name}`
  return 'known' in location
    ? { known: { ...location.known, path: inside(location.known.path) } }
    : { guess: { ...location.guess, path: inside(location.guess.path) } }
}

/** The usage of one secret under its plain name; nothing where that is not for the caller. */
async function usageOf(api: Api, location: Location, path: string): Promise<JsonObject[]> {
  try {
    const { found } = await fetchFrom(location, (place) => api.kv.usage(place.mount, place.path))
    if (found !== undefined && found.wrap_info !== null)
      fail('invalid_request', 'the answer came wrapped; ask without -wrap-ttl')
    return found === undefined ? [] : [{ ...(found.data ?? {}), path }]
  } catch (error) {
    if (error instanceof ClientError && error.status === 403) return []
    throw error
  }
}
