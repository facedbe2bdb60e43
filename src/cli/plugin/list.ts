import type { JsonObject } from '../../base/json/json.ts'
import { objectOf, textOf, textsOf } from '../../client/index.ts'
import { defineCommand, maybe } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { cell } from '../output/cell.ts'
import { formatFlag, formatOf, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { kindOf, kinds } from './kind.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the engines and auth methods that can be mounted',
  details: 'The exit code is 2 when there is none.',
  examples: [
    ['All of them', 'coffer plugin list'],
    ['The auth methods', 'coffer plugin list auth'],
  ],
  args: { kind: maybe('auth, database or secret; all if absent.') },
  flags: { detailed: onOff('Show where each comes from too.'), ...formatFlag, ...connectionFlags },
  doing: () => 'listing what can be mounted',
  run: (call) => {
    const kind = call.args.kind === undefined ? undefined : kindOf(call.args.kind)
    return withApi(call, async (_api, client) => {
      const { data } = await client.call('GET', 'sys/plugins/catalog')
      const found = entries(data ?? {}).filter((entry) => kind === undefined || entry.type === kind)
      const none = found.length === 0
      if (none && formatOf(call) === 'table') note(call.io, 'Nothing of that kind can be mounted.')
      else await show(call, found, () => tableOf(found, call.flags.detailed === true))
      return none ? 2 : 0
    })
  },
})

/** Servers that do not tell more than the names have no `detailed`. */
function entries(data: JsonObject): JsonObject[] {
  if (Array.isArray(data.detailed)) return data.detailed.map(objectOf)
  return kinds.flatMap((type) => textsOf(data[type]).map((name) => ({ name, type, version: '' })))
}

function tableOf(found: readonly JsonObject[], detailed: boolean): string {
  const rows = found.map((one) => {
    const row = [textOf(one.name), textOf(one.type), textOf(one.version) || 'n/a']
    return detailed ? [...row, cell(one.builtin), textOf(one.deprecation_status) || 'n/a'] : row
  })
  return table(['Name', 'Type', 'Version', ...(detailed ? ['Built in', 'Deprecation Status'] : [])], rows)
}
