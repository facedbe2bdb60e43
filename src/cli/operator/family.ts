import type { Family } from '../command/command.ts'
import { generateRootCommand } from './generate-root.ts'
import { initCommand } from './init.ts'
import { keyStatusCommand } from './key-status.ts'
import { rekeyCommand } from './rekey.ts'
import { rotateCommand } from './rotate.ts'
import { sealCommand } from './seal.ts'
import { unsealCommand } from './unseal.ts'

export const operatorFamily: Family = {
  name: 'operator',
  summary: 'Initialises, unseals and seals a server, and looks after its keys',
  commands: [
    initCommand,
    unsealCommand,
    sealCommand,
    keyStatusCommand,
    rotateCommand,
    rekeyCommand,
    generateRootCommand,
  ],
}
