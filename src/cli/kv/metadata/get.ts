import { isJsonObject, type JsonObject } from '../../../base/json/json.ts'
import { kvPath } from '../../../client/index.ts'
import { defineCommand, one } from '../../command/command.ts'
import { answerFields, answerJson, factCell, showAnswer, showWarnings } from '../../output/answer.ts'
import { fieldRows } from '../../output/cell.ts'
import { fieldFlag, formatFlag, show, showField } from '../../output/format.ts'
import { note } from '../../output/say.ts'
import { banner, keyValueTable } from '../../output/table.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { locate, mountFlag, versionedPlace } from '../locate.ts'

export const getCommand = defineCommand({
  name: 'get',
  summary: 'Shows what is known of a secret and its versions',
  examples: [['See which versions there are', 'coffer kv metadata get secrets/app/db']],
  args: { path: one('Path of the secret.') },
  flags: { ...mountFlag, ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `reading the metadata of ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const { mount, path } = versionedPlace(
        await locate(api, call.args.path, call.flags.mount),
        'metadata get',
      )
      const shown = kvPath(mount, 'metadata', path)
      const found = await api.kv.metadata.get(mount, path)
      if (found === undefined) {
        note(call.io, `No value found at ${shown}`)
        return 2
      }
      if (found.wrap_info !== null) return showAnswer(call, found)
      showWarnings(call, found)
      const { field } = call.flags
      if (field !== undefined) return showField(call, field, answerFields(found))
      await show(call, answerJson(found), () => tableOf(shown, found.data ?? {}))
      return 0
    }),
})

function tableOf(path: string, { versions, ...facts }: JsonObject): string {
  const section = (title: string, body: string) => `${banner(title, body)}\n${body}`
  const rows = (fields: JsonObject) => keyValueTable(fieldRows(fields, factCell))
  const each = versions !== undefined && isJsonObject(versions) ? Object.entries(versions) : []
  return [
    section('Metadata Path', path),
    section('Metadata', rows(facts)),
    ...each
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([number, one]) => section(`Version ${number}`, rows(isJsonObject(one) ? one : {}))),
  ].join('\n\n')
}
