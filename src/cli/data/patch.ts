import { fail } from '../../base/errors.ts'
import { any, defineCommand, one } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { fieldsHelp, readFields } from '../input/values.ts'
import { showAnswer } from '../output/answer.ts'
import { done, fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { trimPath } from './path.ts'

export const patchCommand = defineCommand({
  name: 'patch',
  summary: 'Changes single fields at any path of the API that can be patched',
  details: 'A JSON merge patch (RFC 7396): a field that is null in a JSON object is removed.',
  examples: [
    ['Keep five versions of a secret', 'coffer patch secrets/metadata/app max_versions=5'],
    ['Remove a field', 'echo \'{"data": {"old": null}}\' | coffer patch secrets/data/app -'],
  ],
  args: { path: one('Path, without v1/.'), data: any(fieldsHelp) },
  flags: {
    force: onOff('Send a patch without fields.', { aliases: ['f'] }),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `patching ${args.path}`,
  run: async (call) => {
    if (call.args.data.length === 0 && call.flags.force !== true)
      fail('invalid_request', 'there is nothing to change; give fields as name=value, or -force')
    const fields = await readFields(call.io, call.args.data)
    const path = trimPath(call.args.path)
    return withApi(call, async (_api, client) => {
      const answer = await client.patch(path, fields)
      if (answer.status !== 204) return showAnswer(call, answer)
      done(call, `Success! Data patched at: ${path}`)
      return 0
    })
  },
})
