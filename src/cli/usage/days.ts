import { defineCommand } from '../command/command.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { byFlag, showPeriods } from './periods.ts'
import { spanFlags, spanOf } from './span.ts'

export const daysCommand = defineCommand({
  name: 'days',
  summary: 'Shows requests and people by day',
  details:
    'Needs sudo. Days are those of UTC, and are kept one by one for 93. On a terminal each has a bar. What is ' +
    'meant by “coffer usage” alone. The exit code is 2 when there is none.',
  examples: [
    ['The last 30 days', 'coffer usage'],
    ['The last week, by mount', 'coffer usage days -days=7 -by=mount'],
  ],
  args: {},
  flags: { ...spanFlags, ...byFlag, ...formatFlag, ...connectionFlags },
  doing: () => 'asking for the usage by day',
  run: async (call) => {
    const span = spanOf(call.flags, call.io)
    return withApi(call, async ({ usage }) =>
      showPeriods(call, { answer: await usage.days(span), period: 'day', by: call.flags.by }),
    )
  },
})
