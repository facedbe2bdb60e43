import type { Family } from '../command/command.ts'
import { deleteCommand } from './delete.ts'
import { formatCommand } from './format.ts'
import { listCommand } from './list.ts'
import { readCommand } from './read.ts'
import { writeCommand } from './write.ts'

export const policyFamily: Family = {
  name: 'policy',
  summary: 'Shows, stores and formats policies',
  commands: [listCommand, readCommand, writeCommand, deleteCommand, formatCommand],
}
