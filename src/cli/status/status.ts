import type { Json, JsonObject } from '../../base/json/json.ts'
import type { SealStatus } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { cell } from '../output/cell.ts'
import { fieldFlag, formatFlag, show, showField } from '../output/format.ts'
import { keyValueTable } from '../output/table.ts'
import { connectionFlags, withoutToken } from '../session/connect.ts'
import { sealRows } from './rows.ts'

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Shows whether the server is up and unsealed',
  details: 'The exit code is 0 when it is unsealed, 2 when it is sealed, and 1 when that cannot be told.',
  examples: [
    ['Look at the server', 'coffer status'],
    ['Wait until it is unsealed', 'until coffer status > /dev/null; do sleep 1; done'],
  ],
  args: {},
  flags: { ...formatFlag, ...fieldFlag, ...connectionFlags },
  doing: () => 'checking the seal status',
  failure: 1,
  run: (call) =>
    withoutToken(call, async ({ seal }) => {
      const status = await seal.status()
      const leader = await seal.leader()
      const fields = merged(status, leader)
      if (call.flags.field !== undefined) await showField(call, call.flags.field, fields)
      else await show(call, fields, () => keyValueTable([...sealRows(status), ...leaderRows(status, leader)]))
      return status.sealed ? 2 : 0
    }),
})

/** A sealed server that does not answer about its leader is one of several. */
const merged = (status: SealStatus, leader: JsonObject | undefined): Record<string, Json> => ({
  ...status.body,
  ...(leader ?? { ha_enabled: true }),
})

function leaderRows(status: SealStatus, leader: JsonObject | undefined): string[][] {
  if (leader !== undefined && leader.ha_enabled !== true) return [['HA Enabled', 'false']]
  const enabled = [['HA Enabled', 'true']]
  if (leader === undefined || status.sealed) return enabled
  const self = leader.is_self === true
  return [
    ...enabled,
    ['HA Cluster', cell(leader.leader_cluster_address)],
    ['HA Mode', self ? 'active' : 'standby'],
    ...(self
      ? [['Active Since', cell(leader.active_time)]]
      : [['Active Node Address', cell(leader.leader_address)]]),
  ]
}
