import { fail } from '../../base/errors.ts'
import { defineCommand, maybe } from '../command/command.ts'
import { choice, onOff } from '../command/flag.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { accessorFlag, givenAccessor, givenToken } from './choose.ts'

export const revokeCommand = defineCommand({
  name: 'revoke',
  summary: 'Ends a token and those created with it',
  examples: [
    ['Log out', 'coffer token revoke -self'],
    ['Another, by its accessor', 'coffer token revoke -accessor 9793c9b3-e04a-46f3-e7b8-748d7da248da'],
    ['All tokens of an auth method', 'coffer token revoke -mode=path auth/jwt'],
  ],
  args: { token: maybe('The token, - or @file; with -accessor its accessor, with -mode=path a path.') },
  flags: {
    self: onOff('Your own token.'),
    ...accessorFlag,
    mode: choice(
      'orphan: those created with it live on. path: all tokens created below a path. Needs sudo.',
      ['orphan', 'path'],
    ),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'revoking the token',
  run: async (call) => {
    const { self = false, accessor = false, mode } = call.flags
    const given = call.args.token
    if (self && (given !== undefined || accessor || mode !== undefined)) {
      fail('invalid_request', '-self stands alone')
    }
    if (accessor && mode !== undefined) fail('invalid_request', '-accessor and -mode exclude each other')
    if (!self && given === undefined) fail('invalid_request', 'no token is given; your own is meant by -self')
    const which = await (accessor ? givenAccessor : givenToken)(call.io, given)
    return withApi(call, async ({ token }, client) => {
      if (mode === 'path') await client.write(`sys/leases/revoke-prefix/${given}`)
      else if (mode === 'orphan' && which.kind === 'token') await token.revokeOrphan(which.token)
      else await token.revoke(which)
      done(call, 'Success! Revoked token (if it existed)')
      return 0
    })
  },
})
