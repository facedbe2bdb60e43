import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { defineCommand, one } from '../command/command.ts'
import { duration, type FlagValues, onOff, whole } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { tokenTypeFlag, tuneFlags, tuningOf } from '../mount/options.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

const lockoutFlags = {
  userLockoutThreshold: whole('After so many wrong passwords a user is locked out.'),
  userLockoutDuration: duration('For how long.'),
  userLockoutCounterResetDuration: duration(
    'After this long without a wrong password the count begins anew.',
  ),
  userLockoutDisable: onOff('Lock nobody out.'),
}

export const tuneCommand = defineCommand({
  name: 'tune',
  summary: 'Changes the settings of an auth method',
  examples: [['Let tokens of its logins live for a day', 'coffer auth tune -default-lease-ttl=24h jwt/']],
  args: { path: one('Where it is mounted, without auth/.') },
  flags: { ...tuneFlags, ...tokenTypeFlag, ...lockoutFlags, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `tuning the auth method at ${args.path}`,
  run: (call) =>
    withApi(call, async ({ auth }) => {
      const lockout = lockoutOf(call.flags)
      const changes = {
        ...tuningOf(call.flags),
        ...(Object.keys(lockout).length > 0 && { user_lockout_config: lockout }),
      }
      if (Object.keys(changes).length === 0)
        fail('invalid_request', 'there is nothing to change; give a flag')
      const path = trimPath(call.args.path)
      await auth.tune(path, changes)
      done(call, `Success! Tuned the auth method at: ${path}/`)
      return 0
    }),
})

const lockoutOf = (flags: FlagValues<typeof lockoutFlags>): JsonObject => ({
  ...(flags.userLockoutThreshold !== undefined && { lockout_threshold: flags.userLockoutThreshold }),
  ...(flags.userLockoutDuration !== undefined && { lockout_duration: flags.userLockoutDuration }),
  ...(flags.userLockoutCounterResetDuration !== undefined && {
    lockout_counter_reset_duration: flags.userLockoutCounterResetDuration,
  }),
  ...(flags.userLockoutDisable !== undefined && { lockout_disable: flags.userLockoutDisable }),
})
