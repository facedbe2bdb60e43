import type { Family } from '../command/command.ts'
import { deleteCommand } from './delete.ts'
import { getCommand } from './get.ts'
import { listCommand } from './list.ts'
import { putCommand } from './put.ts'
import { usageCommand } from './usage.ts'

export const kvFamily: Family = {
  name: 'kv',
  summary: 'Reads and writes secrets',
  commands: [getCommand, putCommand, listCommand, deleteCommand, usageCommand],
}
