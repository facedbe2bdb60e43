import { any, defineCommand, one } from '../command/command.ts'
import { readTexts } from '../input/values.ts'
import { showAnswer } from '../output/answer.ts'
import { done, fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { trimPath } from './path.ts'

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'Deletes any path of the API',
  examples: [['Delete a role', 'coffer delete auth/jwt/role/demo']],
  args: { path: one('Path, without v1/.'), parameters: any('Parameters of the query, as name=value.') },
  flags: { ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `deleting ${args.path}`,
  run: async (call) => {
    const query = await readTexts(call.io, call.args.parameters)
    const path = trimPath(call.args.path)
    return withApi(call, async (_api, client) => {
      const answer = await client.delete(path, query)
      if (answer.status !== 204) return showAnswer(call, answer)
      done(call, `Success! Data deleted (if it existed) at: ${path}`)
      return 0
    })
  },
})
