import { any, defineCommand, one } from '../command/command.ts'
import { readTexts } from '../input/values.ts'
import { envelopeRows, factCell, showAnswer } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { note } from '../output/say.ts'
import { cacheFlags, withCachedApi } from '../session/cache.ts'
import { connectionFlags } from '../session/connect.ts'
import { trimPath } from './path.ts'

export const readCommand = defineCommand({
  name: 'read',
  summary: 'Reads any path of the API',
  examples: [
    ['Read the settings of a role', 'coffer read auth/jwt/role/demo'],
    ['With a parameter', 'coffer read secrets/data/app version=2'],
  ],
  args: { path: one('Path, without v1/.'), parameters: any('Parameters of the query, as name=value.') },
  flags: { ...fieldFlag, ...formatFlag, ...connectionFlags, ...cacheFlags },
  doing: ({ args }) => `reading ${args.path}`,
  run: async (call) => {
    const query = await readTexts(call.io, call.args.parameters)
    const path = trimPath(call.args.path)
    return withCachedApi(call, async (_api, client) => {
      const answer = await client.read(path, query)
      if (answer === undefined || (answer.status === 404 && answer.data === null)) {
        for (const warning of answer?.warnings ?? []) note(call.io, `Warning: ${warning}`)
        note(call.io, `No value found at ${path}`)
        return 2
      }
      // Below these nothing of a user's is stored, whose numbers are shown as they are.
      const ours = /^(sys|auth)\//.test(path)
      const rows = fieldRows(answer.data ?? {}, ours ? factCell : undefined)
      return showAnswer(call, answer, [...envelopeRows(answer), ...rows])
    })
  },
})
