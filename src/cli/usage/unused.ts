import { defineCommand, one } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { cell } from '../output/cell.ts'
import { formatFlag } from '../output/format.ts'
import { warn } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { showList, timeCell } from './table.ts'

export const unusedCommand = defineCommand({
  name: 'unused',
  summary: 'Shows the secrets below a folder that nobody read for some days',
  details:
    'For whoever may list the folder. Where no time is shown, there was none, or it is longer ago than the ' +
    'server keeps the usage of secrets. The exit code is 2 when there is no such secret.',
  examples: [['Not read for four weeks', 'coffer usage unused -days=28 secrets/app']],
  args: { path: one('Path of the folder: the mount and the name, without data/.') },
  flags: {
    days: whole('Not read for so many days; the server’s own choice if absent.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `looking for unused secrets below ${args.path}`,
  run: (call) =>
    withApi(call, async ({ usage }) => {
      const path = trimPath(call.args.path)
      const { secrets, warnings } = await usage.unused(path, call.flags.days)
      for (const text of warnings) warn(call.io, text)
      return showList(call, secrets, {
        none: `All secrets below ${path} that you may list were read in this time.`,
        asTable: () =>
          table(
            ['Secret', 'Last Read', 'Last Write'],
            secrets.map((each) => [cell(each.path), timeCell(each.last_read), timeCell(each.last_write)]),
          ),
      })
    }),
})
