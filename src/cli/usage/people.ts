import { numberOf } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { cell } from '../output/cell.ts'
import { formatFlag } from '../output/format.ts'
import { warn } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { spanFlags, spanOf } from './span.ts'
import { showList, tallyCells, tallyHeadings, timeCell } from './table.ts'

export const peopleCommand = defineCommand({
  name: 'people',
  summary: 'Shows how often each person asked, and when they last read and wrote',
  details: 'Needs sudo. Whoever asked most comes first. The exit code is 2 when there is nobody.',
  examples: [['Of the last week', 'coffer usage people -days=7']],
  args: {},
  flags: { ...spanFlags, ...formatFlag, ...connectionFlags },
  doing: () => 'asking for the usage by person',
  run: async (call) => {
    const span = spanOf(call.flags, call.io)
    return withApi(call, async ({ usage }) => {
      const { people, isLowerBound, warnings } = await usage.people(span)
      for (const text of warnings) warn(call.io, text)
      if (isLowerBound) warn(call.io, 'there were more people than the server tells apart')
      const sorted = people.sort((a, b) => numberOf(b.requests) - numberOf(a.requests))
      return showList(call, sorted, {
        none: 'Nobody was counted in this time.',
        asTable: () =>
          table(
            ['Person', ...tallyHeadings, 'Last Read', 'Last Write'],
            sorted.map((one) => [
              cell(one.name ?? one.entity_id),
              ...tallyCells(one),
              timeCell(one.last_read),
              timeCell(one.last_write),
            ]),
          ),
      })
    })
  },
})
