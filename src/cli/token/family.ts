import type { Family } from '../command/command.ts'
import { capabilitiesCommand } from './capabilities.ts'
import { createCommand } from './create.ts'
import { lookupCommand } from './lookup.ts'
import { renewCommand } from './renew.ts'
import { revokeCommand } from './revoke.ts'

export const tokenFamily: Family = {
  name: 'token',
  summary: 'Creates, shows, renews and revokes tokens',
  commands: [createCommand, lookupCommand, renewCommand, revokeCommand, capabilitiesCommand],
}
