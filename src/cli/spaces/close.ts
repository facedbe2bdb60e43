import { defineCommand, one } from '../command/command.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const closeCommand = defineCommand({
  name: 'close',
  summary: 'Ends the opening of a space before its time',
  details: 'The record that its owner reads stays. Needs sudo.',
  examples: [
    [
      'By its id, which list shows',
      'coffer spaces close 01795640400000-5d1b4c0e-93a6-4a0f-8e0c-6c9d4b7f2a11',
    ],
  ],
  args: { id: one('Id of the opening.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `ending the opening ${args.id}`,
  run: (call) =>
    withApi(call, async ({ spaces }) => {
      await spaces.close(call.args.id)
      done(call, `Success! Ended the opening (if it was open): ${call.args.id}`)
      return 0
    }),
})
