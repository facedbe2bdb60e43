import { objectOf } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { cell } from '../output/cell.ts'
import { formatFlag, formatOf, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the spaces that are open now',
  details: 'Needs sudo. The exit code is 2 when there is none.',
  examples: [['List them', 'coffer spaces list']],
  args: {},
  flags: { ...formatFlag, ...connectionFlags },
  doing: () => 'listing the open spaces',
  run: (call) =>
    withApi(call, async ({ spaces }) => {
      const open = await spaces.list()
      const none = Object.keys(open).length === 0
      if (none && formatOf(call) === 'table') note(call.io, 'No space is open.')
      else {
        await show(call, open, () =>
          table(
            ['Space', 'Until', 'Opened by', 'Reason', 'Id'],
            Object.entries(open).map(([id, { space, until, by, reason }]) => [
              cell(space),
              cell(until),
              cell(objectOf(by).display_name),
              cell(reason),
              id,
            ]),
          ),
        )
      }
      return none ? 2 : 0
    }),
})
