import { fail } from '../../base/errors.ts'
import { defineCommand, maybe, one } from '../command/command.ts'
import { formatFlag, show } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { accessorFlag, givenAccessor, givenToken } from './choose.ts'

export const capabilitiesCommand = defineCommand({
  name: 'capabilities',
  summary: 'Shows what a token may do at a path',
  examples: [
    ['Your own token', 'coffer token capabilities secrets/app/db'],
    ['A token in a file', 'coffer token capabilities @job-token secrets/app/db'],
  ],
  usage: '[TOKEN] PATH',
  args: {
    token: one('The token, - or @file; with -accessor its accessor. May be left out: your own.'),
    path: maybe('Path, without v1/.'),
  },
  flags: { ...accessorFlag, ...formatFlag, ...connectionFlags },
  doing: () => 'asking for the capabilities',
  run: async (call) => {
    const accessor = call.flags.accessor === true
    const { token: first, path: second } = call.args
    if (accessor && second === undefined)
      fail('invalid_request', 'with -accessor, give the accessor and the path')
    const path = second ?? first
    const given = accessor ? givenAccessor : givenToken
    const which = await given(call.io, second === undefined ? undefined : first)
    return withApi(call, async ({ token }) => {
      const capabilities = (await token.capabilities(which, [path]))[path] ?? []
      await show(call, [...capabilities].sort(), () => [...capabilities].sort().join(', '))
      return 0
    })
  },
})
