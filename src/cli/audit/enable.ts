import { fail } from '../../base/errors.ts'
import { any, defineCommand, one } from '../command/command.ts'
import { onOff, text } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { readTexts } from '../input/values.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const enableCommand = defineCommand({
  name: 'enable',
  summary: 'Turns an audit device on',
  examples: [['Write to a file', 'coffer audit enable file file_path=/var/log/coffer/audit.log']],
  args: { type: one('Type of the device, such as file.'), options: any('Its options, as name=value.') },
  flags: {
    path: text('Name of the device; its type if absent.', 'path'),
    description: text('What it is for.'),
    local: onOff('Not replicated to other clusters.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `enabling the ${args.type} audit device`,
  run: async (call) => {
    const { type } = call.args
    const options = await readTexts(call.io, call.args.options)
    if (type === 'file' && options.file_path === undefined && options.path === undefined) {
      fail('invalid_request', 'the file device needs file_path=FILE, a file on the machine of the server')
    }
    const path = trimPath(call.flags.path ?? type)
    const { description, local } = call.flags
    return withApi(call, async ({ audit }) => {
      const more = { ...(description !== undefined && { description }), ...(local && { local }) }
      await audit.enable(path, { type, options, ...more })
      done(call, `Success! Enabled the ${type} audit device at: ${path}/`)
      return 0
    })
  },
})
