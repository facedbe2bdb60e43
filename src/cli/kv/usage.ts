import { isJsonObject, type JsonObject } from '../../base/json/json.ts'
import { defineCommand, one } from '../command/command.ts'
import { factCell, showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { note } from '../output/say.ts'
import type { Row } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { fetchFrom, locate, mountFlag, pathText } from './locate.ts'

export const usageCommand = defineCommand({
  name: 'usage',
  summary: 'Shows who read and who wrote a secret last',
  details:
    'Whoever may read or update a secret may ask. The counts begin at the time shown as since; -format=json ' +
    'has them by month and by person too. What another server of the same store saw shows within ten seconds.',
  examples: [
    ['See who used a secret', 'coffer kv usage secrets/app/db'],
    ['Take the count of reads into a script', 'coffer kv usage -field=reads secrets/app/db'],
  ],
  args: { path: one('Path of the secret.') },
  flags: { ...mountFlag, ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `asking who used ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const location = await locate(api, call.args.path, call.flags.mount)
      const { found } = await fetchFrom(location, ({ mount, path }) => api.kv.usage(mount, path))
      if (found === undefined) {
        note(call.io, `No usage is kept for ${pathText(location, 'data')}`)
        return 2
      }
      return showAnswer(call, found, found.wrap_info === null ? usageRows(found.data ?? {}) : undefined)
    }),
})

const facts = (fields: JsonObject, ...names: readonly string[]): Row[] =>
  names.map((name) => [name, factCell(name, fields[name] ?? null)])

const usageRows = (data: JsonObject): Row[] => [
  ...facts(data, 'reads', 'writes', 'since'),
  ...useRows('last_read', data),
  ...useRows('last_write', data),
]

function useRows(name: string, data: JsonObject): Row[] {
  const use = data[name] ?? null
  if (!isJsonObject(use)) return [[name, 'n/a']]
  const parts = facts(use, 'time', 'operation', 'display_name', 'entity_id', 'remote_address')
  return parts.map(([part = '', value = '']) => [part === 'time' ? name : `${name}_${part}`, value])
}
