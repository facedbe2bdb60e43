import { fail } from '../../base/errors.ts'
import { any, defineCommand, one } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { fieldsHelp, readFields } from '../input/values.ts'
import { factCell, showAnswer } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { note } from '../output/say.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { locate, mountFlag, pathText, versionedPlace } from './locate.ts'

export const patchCommand = defineCommand({
  name: 'patch',
  summary: 'Changes single fields of a secret',
  details:
    'All other fields stay as they are. A field is removed by null in a JSON object. For values that nobody ' +
    'should see on the command line, see "coffer kv put -help".',
  examples: [
    ['Change the password alone, typed unseen', 'coffer kv patch secrets/app/db password=-'],
    ['Remove a field', `echo '{"old":null}' | coffer kv patch secrets/app/db -`],
  ],
  args: {
    path: one('Path of the secret.'),
    data: any(fieldsHelp),
  },
  flags: {
    ...mountFlag,
    cas: whole('Change only if this is the current version.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `changing ${args.path}`,
  run: async (call) => {
    const { path, data } = call.args
    if (data.length === 0) fail('invalid_request', 'there is nothing to change; give fields as name=value')
    const fields = await readFields(call.io, data)
    return withApi(call, async (api) => {
      const location = await locate(api, path, call.flags.mount)
      const place = versionedPlace(location, 'patch')
      const answer = await api.kv.patch(place.mount, place.path, fields, call.flags.cas)
      if (answer === undefined) {
        note(call.io, `No value found at ${pathText(location, 'data')}`)
        return 2
      }
      return showAnswer(call, answer, fieldRows(answer.data ?? {}, factCell))
    })
  },
})
