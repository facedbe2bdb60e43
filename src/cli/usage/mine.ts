import { defineCommand } from '../command/command.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { byFlag, showPeriods } from './periods.ts'
import { spanFlags, spanOf } from './span.ts'

export const mineCommand = defineCommand({
  name: 'mine',
  summary: 'Shows how often you asked, by day',
  details:
    'For the person of the token, whichever way they logged in. The exit code is 2 when there is nothing.',
  examples: [['By the ways you logged in', 'coffer usage mine -by=method']],
  args: {},
  flags: { ...spanFlags, ...byFlag, ...formatFlag, ...connectionFlags },
  doing: () => 'asking for your usage',
  run: async (call) => {
    const span = spanOf(call.flags, call.io)
    return withApi(call, async ({ usage }) =>
      showPeriods(call, {
        answer: await usage.mine(span),
        period: 'day',
        by: call.flags.by,
        isMine: true,
      }),
    )
  },
})
