import { fail } from '../../base/errors.ts'
import { kvPath } from '../../client/index.ts'
import { any, defineCommand, one } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { fieldsHelp, readFields } from '../input/values.ts'
import { factCell, showAnswer } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { done, fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { changeAt, locate, mountFlag, needVersions } from './locate.ts'

export const putCommand = defineCommand({
  name: 'put',
  summary: 'Writes a secret, replacing all its fields',
  details:
    'Values on the command line can be seen by others on the machine and stay in the history of the shell. ' +
    'Take them from a file (name=@file), from standard input (name=-, which on a terminal asks for the value ' +
    'without showing it), or all fields from a JSON file (@file.json).',
  examples: [
    ['Type a password unseen', 'coffer kv put secrets/app/db user=ann password=-'],
    ['Store a file', 'coffer kv put secrets/app/tls key=@server.key'],
    ['Store the fields of a JSON object', 'jq .db config.json | coffer kv put secrets/app/db -'],
  ],
  args: {
    path: one('Path of the secret.'),
    data: any(fieldsHelp),
  },
  flags: {
    ...mountFlag,
    cas: whole('Write only if this is the current version, where the engine keeps several; 0: only if new.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `writing ${args.path}`,
  run: async (call) => {
    const { path, data } = call.args
    if (data.length === 0) fail('invalid_request', 'there is no data to write; give fields as name=value')
    const fields = await readFields(call.io, data)
    return withApi(call, async (api) => {
      const location = await locate(api, path, call.flags.mount)
      const { place, answer } = await changeAt(location, async (at) => {
        needVersions(at, 'cas', call.flags.cas)
        return api.kv.put(at.mount, at.path, fields, call.flags.cas)
      })
      if (answer.status !== 204) return showAnswer(call, answer, fieldRows(answer.data ?? {}, factCell))
      done(call, `Success! Data written to: ${kvPath(place.mount, 'data', place.path)}`)
      return 0
    })
  },
})
