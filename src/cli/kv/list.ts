import { defineCommand, maybe } from '../command/command.ts'
import { formatFlag } from '../output/format.ts'
import { showKeys } from '../output/keys.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { fetchFrom, locate, mountFlag, pathText } from './locate.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the secrets and folders in a folder',
  details: 'The names of folders end in a slash. The exit code is 2 when there is nothing.',
  examples: [
    ['List a folder', 'coffer kv list secrets/app'],
    ['Use the names in a script', "coffer kv list -format=json secrets/app | jq -r '.[]'"],
  ],
  args: { path: maybe('Path of the folder; with -mount it may be left out.') },
  flags: { ...mountFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args, flags }) => `listing ${args.path ?? flags.mount ?? ''}`,
  run: (call) =>
    withApi(call, async (api) => {
      const location = await locate(api, call.args.path ?? '', call.flags.mount)
      const { found } = await fetchFrom(location, ({ mount, path }) => api.kv.list(mount, path))
      return showKeys(call, found, pathText(location, 'metadata'))
    }),
})
