import type { JsonObject } from '../../base/json/json.ts'
import { textOf } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { cell } from '../output/cell.ts'
import { formatFlag, show } from '../output/format.ts'
import { table } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const membersCommand = defineCommand({
  name: 'members',
  summary: 'Lists the nodes that serve the store',
  details:
    'Each of them serves everything. The clock skew is how far the clock of a node is ahead of that of the one that ' +
    'answers, as its beats show it.',
  examples: [['Who serves, and whether their clocks agree', 'coffer operator members']],
  args: {},
  flags: { ...formatFlag, ...connectionFlags },
  doing: () => 'listing the nodes',
  run: (call) =>
    withApi(call, async ({ seal }) => {
      const nodes = await seal.members()
      await show(call, { nodes: [...nodes] }, () => tableOf(nodes))
      return 0
    }),
})

function tableOf(nodes: readonly JsonObject[]): string {
  const rows = nodes.map((node) => [
    textOf(node.hostname) || 'n/a',
    textOf(node.api_address) || 'n/a',
    textOf(node.cluster_address) || 'n/a',
    cell(node.active_node),
    textOf(node.version) || 'n/a',
    skewOf(node),
    textOf(node.last_echo) || 'n/a',
  ])
  return table(
    ['Host Name', 'API Address', 'Cluster Address', 'Active Node', 'Version', 'Clock Skew', 'Last Echo'],
    rows,
  )
}

/** Servers that are others have no such member. */
function skewOf({ clock_skew_ms: skew, clock_skew_error_ms: error }: JsonObject): string {
  if (typeof skew !== 'number') return 'n/a'
  return typeof error === 'number' && error > 0 ? `${skew} ms ± ${error} ms` : `${skew} ms`
}
