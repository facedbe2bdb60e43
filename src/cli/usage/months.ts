import { defineCommand } from '../command/command.ts'
import { whole } from '../command/flag.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { byFlag, showPeriods } from './periods.ts'

export const monthsCommand = defineCommand({
  name: 'months',
  summary: 'Shows requests and people by month',
  details: 'Needs sudo. Months are kept for good. The exit code is 2 when there is none.',
  examples: [['The last two years', 'coffer usage months -months=24']],
  args: {},
  flags: {
    months: whole('The last so many, this one included; 12 if absent.'),
    ...byFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'asking for the usage by month',
  run: (call) =>
    withApi(call, async ({ usage }) =>
      showPeriods(call, {
        answer: await usage.months(call.flags.months),
        period: 'month',
        by: call.flags.by,
      }),
    ),
})
