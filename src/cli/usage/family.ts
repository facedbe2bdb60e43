import type { Family } from '../command/command.ts'
import { daysCommand } from './days.ts'
import { mineCommand } from './mine.ts'
import { monthsCommand } from './months.ts'
import { peopleCommand } from './people.ts'
import { secretsCommand } from './secrets.ts'
import { unusedCommand } from './unused.ts'

export const usageFamily: Family = {
  name: 'usage',
  summary: 'Shows requests and people by day, and who used which secrets',
  standard: 'days',
  commands: [daysCommand, monthsCommand, peopleCommand, mineCommand, secretsCommand, unusedCommand],
}
