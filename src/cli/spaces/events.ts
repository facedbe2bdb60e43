import type { JsonObject } from '../../base/json/json.ts'
import { objectOf } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { text, whole } from '../command/flag.ts'
import { cell } from '../output/cell.ts'
import { formatFlag, formatOf, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

/** What has columns of its own. */
const columns = new Set(['id', 'kind', 'time', 'by'])

export const eventsCommand = defineCommand({
  name: 'events',
  summary: 'Shows what happened to your own space: who opened it, and what changed about who owns it',
  details: 'The oldest come first. The exit code is 2 when there is none.',
  examples: [
    ['Show them', 'coffer spaces events'],
    ['With everything that is known of each', 'coffer spaces events -format=json'],
  ],
  args: {},
  flags: {
    after: text('Show those behind this one.', 'id'),
    limit: whole('Show at most so many.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'reading the events of your space',
  run: (call) =>
    withApi(call, async ({ spaces }) => {
      const { after, limit } = call.flags
      const query = { ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) }
      const events = await spaces.events(query)
      const none = Object.keys(events).length === 0
      if (none && formatOf(call) === 'table') note(call.io, 'Nothing happened to your space.')
      else await show(call, events, () => tableOf(events))
      return none ? 2 : 0
    }),
})

const tableOf = (events: Record<string, JsonObject>): string =>
  table(
    ['Time', 'What', 'By', 'Details'],
    Object.values(events).map((event) => [
      cell(event.time),
      cell(event.kind),
      cell(objectOf(event.by).display_name) || 'the configuration',
      detailsOf(event),
    ]),
  )

const detailsOf = (event: JsonObject): string =>
  Object.entries(event)
    .filter(([name]) => !columns.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${cell(value)}`)
    .join(' ')
