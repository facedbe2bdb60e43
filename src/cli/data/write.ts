import { fail } from '../../base/errors.ts'
import { any, defineCommand, one } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { fieldsHelp, readFields } from '../input/values.ts'
import { showAnswer } from '../output/answer.ts'
import { done, fieldFlag, formatFlag } from '../output/format.ts'
import { note } from '../output/say.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { trimPath } from './path.ts'

/** What is written to only to ask, and answers nothing when there is nothing. */
const lookup = /^(identity\/lookup\/(entity|group)|auth\/.+\/secret-id\/lookup)$/

export const writeCommand = defineCommand({
  name: 'write',
  summary: 'Writes to any path of the API',
  details: 'The exit code is 2 when a lookup, such as identity/lookup/entity, finds nothing.',
  examples: [
    ['Configure a role', 'coffer write auth/jwt/role/demo @role.json'],
    ['Call a path that takes no data', 'coffer write -force sys/rotate'],
  ],
  args: {
    path: one('Path, without v1/.'),
    data: any(fieldsHelp),
  },
  flags: {
    force: onOff('Write without data.', { aliases: ['f'] }),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `writing to ${args.path}`,
  run: async (call) => {
    if (call.args.data.length === 0 && call.flags.force !== true) {
      fail('invalid_request', 'there is no data to write; give fields as name=value, or -force')
    }
    const fields = await readFields(call.io, call.args.data)
    const path = trimPath(call.args.path)
    return withApi(call, async (_api, client) => {
      const answer = await client.write(path, fields)
      if (answer.status !== 204) return showAnswer(call, answer)
      if (lookup.test(path)) {
        note(call.io, `Nothing was found by ${path}`)
        return 2
      }
      done(call, `Success! Data written to: ${path}`)
      return 0
    })
  },
})
