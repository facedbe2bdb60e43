import { fail } from '../../../base/errors.ts'
import { defineCommand, maybe } from '../../command/command.ts'
import { pairs, text } from '../../command/flag.ts'
import { formatFlag } from '../../output/format.ts'
import { showNames } from '../../output/keys.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { namedPath } from './path.ts'

export const searchCommand = defineCommand({
  name: 'search',
  summary: 'Finds secrets by their name or their notes',
  details:
    'NAME is a part of the path, or with * and ? a pattern of the name; case does not matter. Notes are the ' +
    'custom metadata of engines that keep versions. The exit code is 2 when nothing is found.',
  examples: [
    ['Find by a part of the name', 'coffer kv search db'],
    ['Find by a pattern and a note', "coffer kv search -in=secret -metadata=owner=alice '*-key'"],
  ],
  args: { name: maybe('What is looked for.') },
  flags: {
    in: text('The folder to search; all engines without it.', 'path'),
    metadata: pairs('A note that the secret has.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'searching',
  run: (call) =>
    withApi(call, async (api) => {
      const { in: folder, metadata } = call.flags
      const { name } = call.args
      if (name === undefined && metadata === undefined) {
        fail('invalid_request', 'say what is looked for: NAME, -metadata or both')
      }
      const found = await api.kv.many.search({
        ...(name !== undefined && { name }),
        ...(folder !== undefined && { path: namedPath(folder) }),
        ...(metadata !== undefined && { metadata }),
      })
      return showNames(call, found, folder ?? 'any engine')
    }),
})
