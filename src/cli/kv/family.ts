import type { Family } from '../command/command.ts'
import { deleteCommand } from './delete.ts'
import { destroyCommand } from './destroy.ts'
import { enableVersioningCommand } from './enable-versioning.ts'
import { getCommand } from './get.ts'
import { listCommand } from './list.ts'
import { deletedCommand } from './many/deleted.ts'
import { moveCommand } from './many/move.ts'
import { restoreCommand } from './many/restore.ts'
import { scanCommand } from './many/scan.ts'
import { searchCommand } from './many/search.ts'
import { metadataFamily } from './metadata/family.ts'
import { patchCommand } from './patch.ts'
import { putCommand } from './put.ts'
import { rollbackCommand } from './rollback.ts'
import { undeleteCommand } from './undelete.ts'
import { usageCommand } from './usage.ts'

export const kvFamily: Family = {
  name: 'kv',
  summary: 'Reads and writes secrets',
  commands: [
    getCommand,
    putCommand,
    patchCommand,
    listCommand,
    deleteCommand,
    undeleteCommand,
    destroyCommand,
    rollbackCommand,
    metadataFamily,
    enableVersioningCommand,
    usageCommand,
    moveCommand,
    scanCommand,
    searchCommand,
    deletedCommand,
    restoreCommand,
  ],
}
