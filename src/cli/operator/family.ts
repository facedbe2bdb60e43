import type { Family } from '../command/command.ts'
import { backupCommand } from './backup.ts'
import { generateRootCommand } from './generate-root.ts'
import { initCommand } from './init.ts'
import { keyStatusCommand } from './key-status.ts'
import { membersCommand } from './members.ts'
import { migrateCommand } from './migrate/command.ts'
import { rekeyCommand } from './rekey.ts'
import { restoreCommand } from './restore.ts'
import { rotateCommand } from './rotate.ts'
import { sealCommand } from './seal.ts'
import { unsealCommand } from './unseal.ts'

export const operatorFamily: Family = {
  name: 'operator',
  summary: 'Initialises, seals and backs up a server, and looks after its keys',
  commands: [
    initCommand,
    unsealCommand,
    sealCommand,
    keyStatusCommand,
    membersCommand,
    rotateCommand,
    rekeyCommand,
    generateRootCommand,
    backupCommand,
    restoreCommand,
    migrateCommand,
  ],
}
