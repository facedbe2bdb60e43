import type { Family } from '../command/command.ts'
import { disableCommand } from './disable.ts'
import { enableCommand } from './enable.ts'
import { listCommand } from './list.ts'
import { moveCommand } from './move.ts'
import { tuneCommand } from './tune.ts'

export const authFamily: Family = {
  name: 'auth',
  summary: 'Mounts auth methods and changes their settings',
  commands: [enableCommand, disableCommand, listCommand, tuneCommand, moveCommand],
}
