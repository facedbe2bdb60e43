import type { Family } from '../command/command.ts'
import { deleteCommand } from './delete.ts'
import { explainCommand } from './explain.ts'
import { formatCommand } from './format.ts'
import { listCommand } from './list.ts'
import { readCommand } from './read.ts'
import { writeCommand } from './write.ts'

export const policyFamily: Family = {
  name: 'policy',
  summary: 'Shows, stores, formats and explains policies',
  commands: [listCommand, readCommand, writeCommand, deleteCommand, formatCommand, explainCommand],
}
