import type { JsonObject } from '../../base/json/json.ts'
import { objectOf } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { cell } from '../output/cell.ts'
import { formatFlag, formatOf, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the audit devices',
  details: 'The exit code is 2 when there is none.',
  examples: [['With their options', 'coffer audit list -detailed']],
  args: {},
  flags: { detailed: onOff('Show their options too.'), ...formatFlag, ...connectionFlags },
  doing: () => 'listing the audit devices',
  run: (call) =>
    withApi(call, async ({ audit }) => {
      const devices = await audit.list()
      const none = Object.keys(devices).length === 0
      if (none && formatOf(call) === 'table') note(call.io, 'No audit devices are enabled.')
      else await show(call, devices, () => tableOf(devices, call.flags.detailed === true))
      return none ? 2 : 0
    }),
})

function tableOf(devices: Record<string, JsonObject>, detailed: boolean): string {
  const rows = Object.entries(devices)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, device]) => {
      const row = [path, cell(device.type), cell(device.description) || 'n/a']
      return detailed ? [...row, cell(device.local), optionText(device)] : row
    })
  return table(['Path', 'Type', 'Description', ...(detailed ? ['Local', 'Options'] : [])], rows)
}

const optionText = (device: JsonObject): string =>
  Object.entries(objectOf(device.options))
    .map(([name, value]) => `${name}=${cell(value)}`)
    .join(' ')
