import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../../client/index.ts'
import { kvPath } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { answerJson, factCell, showAnswer, showWarnings } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { fieldFlag, formatFlag, show, showField } from '../output/format.ts'
import { note } from '../output/say.ts'
import { banner, keyValueTable } from '../output/table.ts'
import { cacheFlags, withCachedApi } from '../session/cache.ts'
import { connectionFlags } from '../session/connect.ts'
import { fetchFrom, locate, mountFlag, needVersions, type Place, pathText } from './locate.ts'

export const getCommand = defineCommand({
  name: 'get',
  summary: 'Reads a secret',
  examples: [
    ['Show all fields', 'coffer kv get secrets/app/db'],
    ['Take one field into a script', 'PASSWORD=$(coffer kv get -field=password secrets/app/db)'],
    ['Also while no server answers', 'coffer kv get -cache=~/.cache/coffer secrets/app/db'],
  ],
  args: { path: one('Path of the secret.') },
  flags: {
    ...mountFlag,
    version: whole('Version to read, where the engine keeps several; the newest if absent.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
    ...cacheFlags,
  },
  doing: ({ args }) => `reading ${args.path}`,
  run: (call) =>
    withCachedApi(call, async (api) => {
      const location = await locate(api, call.args.path, call.flags.mount)
      const { place, found } = await fetchFrom(location, ({ mount, path }) =>
        api.kv.get(mount, path, call.flags.version),
      )
      needVersions(place, 'version', call.flags.version)
      if (found === undefined) {
        note(call.io, `No value found at ${pathText(location, 'data')}`)
        return 2
      }
      if (found.wrap_info !== null) return await showAnswer(call, found)
      showWarnings(call, found)
      const secret = secretOf(place, found)
      const { field } = call.flags
      if (field !== undefined) {
        // A field that is itself named `data` wins over the whole.
        return await showField(call, field, { ...(secret && { data: secret }), ...secret })
      }
      await show(call, answerJson(found), () => tableOf(place, found, secret))
      if (secret === undefined && place.mount.version === 2) note(call.io, 'This version was deleted.')
      return 0
    }),
})

function secretOf(place: Place, answer: Answer): JsonObject | undefined {
  if (place.mount.version === 1) return answer.data ?? undefined
  const data: Json | undefined = answer.data?.data
  return data !== undefined && isJsonObject(data) ? data : undefined
}

function tableOf(place: Place, answer: Answer, secret: JsonObject | undefined): string {
  const section = (title: string, body: string) => `${banner(title, body)}\n${body}`
  const data = secret === undefined ? [] : [section('Data', keyValueTable(fieldRows(secret)))]
  if (place.mount.version === 1) return data.join('')
  const path = kvPath(place.mount, 'data', place.path)
  const metadata = answer.data?.metadata
  const rows = metadata !== undefined && isJsonObject(metadata) ? fieldRows(metadata, factCell) : []
  return [section('Secret Path', path), section('Metadata', keyValueTable(rows)), ...data].join('\n\n')
}
