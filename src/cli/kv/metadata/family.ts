import type { Family } from '../../command/command.ts'
import { deleteCommand } from './delete.ts'
import { getCommand } from './get.ts'
import { patchCommand } from './patch.ts'
import { putCommand } from './put.ts'

export const metadataFamily: Family = {
  name: 'metadata',
  summary: 'Shows and sets what is known of a secret and its versions',
  commands: [getCommand, putCommand, patchCommand, deleteCommand],
}
