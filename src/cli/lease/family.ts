import type { Family } from '../command/command.ts'
import { lookupCommand } from './lookup.ts'
import { renewCommand } from './renew.ts'
import { revokeCommand } from './revoke.ts'

export const leaseFamily: Family = {
  name: 'lease',
  summary: 'Shows, renews and revokes leases',
  commands: [lookupCommand, renewCommand, revokeCommand],
}
