import { isJsonObject, type Json, type JsonObject } from '../../../base/json/json.ts'
import { defineCommand, one } from '../../command/command.ts'
import { factCell } from '../../output/answer.ts'
import { formatFlag, show } from '../../output/format.ts'
import { showKeys } from '../../output/keys.ts'
import { note } from '../../output/say.ts'
import { table } from '../../output/table.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { namedPath } from './path.ts'

export const deletedCommand = defineCommand({
  name: 'deleted',
  summary: 'Shows deleted secrets that can be restored',
  details:
    'A path that ends in a slash is a folder, whose names are listed; any other is a secret, of which each ' +
    'deletion is shown. For whoever may delete the secret. The exit code is 2 when there is nothing.',
  examples: [
    ['See when a secret was deleted', 'coffer kv deleted secrets/app/db'],
    ['List a folder', 'coffer kv deleted secrets/app/'],
  ],
  args: { path: one('Path of the secret, or of the folder.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `looking for what was deleted at ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const path = namedPath(call.args.path)
      if (path.endsWith('/')) return showKeys(call, await api.kv.many.deleted(path), path)
      const found = (await api.kv.many.deletions(path))?.data?.deletions
      if (!Array.isArray(found)) {
        note(call.io, `Nothing of ${path} can be restored`)
        return 2
      }
      await show(call, found, () => table(headings, found.map(row)))
      return 0
    }),
})

const headings = ['Id', 'Deleted', 'Until', 'By', 'Versions']
const names = ['id', 'deleted_time', 'expire_time', 'display_name', 'versions']
function row(deletion: Json): string[] {
  const fields: JsonObject = isJsonObject(deletion) ? deletion : {}
  return names.map((name) => factCell(name, fields[name] ?? null))
}
