import type { UserLockout } from '../../backend/lockout/rule.ts'
import type { MountConfig } from '../../backend/mounts/mount.ts'
import { field, fieldReader } from '../../backend/routes/fields.ts'
import { fail } from '../../base/errors.ts'
import type { Settings } from './settings.ts'

const reader = fieldReader({
  lockout_threshold: field.integer('Failed logins in a row that lock a user out; 0 for 5.', {
    minimum: 0,
    maximum: 1_000_000,
  }),
  lockout_duration: field.duration('How long a user is locked out; 0 for 15 minutes.', { minimum: 0 }),
  lockout_counter_reset_duration: field.duration('When a failure is forgotten; 0 for 15 minutes.', {
    minimum: 0,
  }),
  lockout_disable: field.boolean('Nobody is locked out.'),
})

const withPasswords: ReadonlySet<string> = new Set(['userpass', 'approle'])
const blank: UserLockout = { threshold: 0, duration: 0, counterReset: 0, disabled: false }

/**
 * A mount's settings with what was sent about lockouts.
 *
 * @throws invalid_request for a type that locks nobody out, or a value that makes no sense
 */
export async function withLockout(
  config: MountConfig,
  { user_lockout_config: sent }: Settings,
  type: string,
): Promise<MountConfig> {
  if (sent === undefined || Object.keys(sent).length === 0) return config
  if (!withPasswords.has(type)) {
    fail('invalid_request', `tuning of user lockout configuration for auth type "${type}" not allowed`)
  }
  const { values, unknown } = await reader.read(sent)
  if (unknown.length > 0) {
    fail('invalid_request', `user_lockout_config has no ${unknown[0]?.slice(0, 64)}`)
  }
  const before = config.userLockout ?? blank
  const userLockout: UserLockout = {
    threshold: values.lockout_threshold ?? before.threshold,
    duration: values.lockout_duration ?? before.duration,
    counterReset: values.lockout_counter_reset_duration ?? before.counterReset,
    disabled: values.lockout_disable ?? before.disabled,
  }
  return { ...config, userLockout }
}
