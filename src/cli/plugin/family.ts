import type { Family } from '../command/command.ts'
import { infoCommand } from './info.ts'
import { listCommand } from './list.ts'

export const pluginFamily: Family = {
  name: 'plugin',
  summary: 'Shows what can be mounted; all of it is built in',
  commands: [listCommand, infoCommand],
}
