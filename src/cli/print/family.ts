import type { Family } from '../command/command.ts'
import { tokenCommand } from './token.ts'

export const printFamily: Family = {
  name: 'print',
  summary: 'Prints what commands use',
  commands: [tokenCommand],
}
