import { defineCommand, one } from '../command/command.ts'
import { text, whole } from '../command/flag.ts'
import { formatFlag } from '../output/format.ts'
import { showKeys } from '../output/keys.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { trimPath } from './path.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists any folder of the API',
  details: 'The names of folders end in a slash. The exit code is 2 when there is nothing.',
  examples: [
    ['List the roles of an auth method', 'coffer list auth/jwt/role'],
    ['The next hundred names', 'coffer list -after=name-100 -limit=100 cubbyhole'],
  ],
  args: { path: one('Path, without v1/.') },
  flags: {
    after: text('Begin after this name.', 'name'),
    limit: whole('Show at most so many names.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `listing ${args.path}`,
  run: (call) => {
    const { after, limit } = call.flags
    const path = trimPath(call.args.path)
    const page = { ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) }
    return withApi(call, async (_api, client) => showKeys(call, await client.list(path, page), path))
  },
})
