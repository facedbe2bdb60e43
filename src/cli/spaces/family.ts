import type { Family } from '../command/command.ts'
import { closeCommand } from './close.ts'
import { eventsCommand } from './events.ts'
import { listCommand } from './list.ts'
import { openCommand } from './open.ts'

export const spacesFamily: Family = {
  name: 'spaces',
  summary: 'Opens people’s spaces, with a record for their owners',
  commands: [openCommand, closeCommand, listCommand, eventsCommand],
}
