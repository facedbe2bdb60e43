import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { showWarnings } from '../output/answer.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const enableVersioningCommand = defineCommand({
  name: 'enable-versioning',
  summary: 'Makes a KV engine keep versions of its secrets',
  details:
    'What is there becomes the first version of each secret, at once. Policies and programs then need the paths ' +
    'of version 2 (data/, metadata/). An engine that keeps versions never goes back.',
  examples: [['Keep versions from now on', 'coffer kv enable-versioning secret/']],
  args: { path: one('Where the engine is mounted.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `turning on versions at ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const path = trimPath(call.args.path)
      const answer = await api.kv.enableVersioning(path)
      showWarnings(call, answer)
      done(call, `Success! Tuned the secrets engine at: ${path}/`)
      return 0
    }),
})
