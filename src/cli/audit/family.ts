import type { Family } from '../command/command.ts'
import { disableCommand } from './disable.ts'
import { enableCommand } from './enable.ts'
import { listCommand } from './list.ts'
import { verifyCommand } from './verify.ts'

export const auditFamily: Family = {
  name: 'audit',
  summary: 'Turns audit devices on and off, and checks their files',
  commands: [enableCommand, disableCommand, listCommand, verifyCommand],
}
