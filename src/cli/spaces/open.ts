import { fail } from '../../base/errors.ts'
import { defineCommand, one } from '../command/command.ts'
import { duration, text, texts } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const openCommand = defineCommand({
  name: 'open',
  summary: 'Opens a person’s space to your own token for a time',
  details:
    'The owner can read who opened it, when, why and until when, for good. It opens to the token that asks and to no other. The policies of the token still have to allow each request. Needs sudo.',
  examples: [
    [
      'Look into a space for ten minutes',
      "coffer spaces open -reason='incident 7' -ttl=10m secrets/users/alice@example.org",
    ],
    [
      'Delete something in it',
      "coffer spaces open -reason='leaked key' -capability=list -capability=delete secrets/users/alice@example.org",
    ],
  ],
  args: { space: one('The person’s folder, with its mount.') },
  flags: {
    reason: text('Why. The owner reads it. Needed.'),
    ttl: duration('For how long; an hour if absent, a day at most.'),
    capability: texts('What for: read, list, create, update or delete; read and list if absent.', 'name'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `opening the space ${args.space}`,
  run: async (call) => {
    const { reason, ttl, capability } = call.flags
    if (reason === undefined) {
      fail('invalid_request', 'say why with -reason=TEXT; the owner of the space will read it')
    }
    const request = {
      space: trimPath(call.args.space),
      reason,
      ...(ttl && { ttl }),
      ...(capability && { capabilities: capability }),
    }
    return withApi(call, async ({ spaces }) => showAnswer(call, await spaces.open(request)))
  },
})
