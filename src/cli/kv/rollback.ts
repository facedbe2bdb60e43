import { fail } from '../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { factCell, showAnswer } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { locate, mountFlag, versionedPlace } from './locate.ts'

export const rollbackCommand = defineCommand({
  name: 'rollback',
  summary: 'Writes an older version of a secret again, as the newest',
  details: 'Nothing is written when somebody else writes the secret meanwhile.',
  examples: [['Go back to the second version', 'coffer kv rollback -version=2 secrets/app/db']],
  args: { path: one('Path of the secret.') },
  flags: {
    ...mountFlag,
    version: whole('The version to go back to.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `rolling back ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const { version } = call.flags
      if (version === undefined || version === 0) fail('invalid_request', 'say which version: -version=2')
      const { mount, path } = versionedPlace(await locate(api, call.args.path, call.flags.mount), 'rollback')
      const metadata = await api.kv.metadata.get(mount, path)
      const current = metadata?.data?.current_version
      if (typeof current !== 'number') fail('invalid_request', `there is no secret at ${call.args.path}`)
      const data = dataOf(await api.kv.get(mount, path, version))
      if (data === undefined) fail('invalid_request', `version ${version} is deleted, destroyed or not there`)
      const answer = await api.kv.put(mount, path, data, current)
      return showAnswer(call, answer, fieldRows(answer.data ?? {}, factCell))
    }),
})

function dataOf(answer: Answer | undefined): JsonObject | undefined {
  const data = answer?.data?.data ?? null
  return isJsonObject(data) ? data : undefined
}
