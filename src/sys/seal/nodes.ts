import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { openRoute, systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { SealServices, ServingNode } from './services.ts'

/** What a node that serves alone says: there is no leader to ask for and nobody stands by. */
const alone = {
  ha_enabled: false,
  is_self: false,
  active_time: '0001-01-01T00:00:00Z',
  leader_address: '',
  leader_cluster_address: '',
  performance_standby: false,
  performance_standby_last_remote_wal: 0,
}

const leaderShape = shape.object({
  ha_enabled: shape.boolean(),
  is_self: shape.boolean(),
  active_time: shape.time(),
  leader_address: shape.string(),
  leader_cluster_address: shape.string(),
  performance_standby: shape.boolean(),
  performance_standby_last_remote_wal: shape.integer(),
})
const nodesShape = shape.object({
  nodes: shape.list(
    shape.object({
      hostname: shape.string(),
      api_address: shape.string(),
      cluster_address: shape.string(),
      active_node: shape.boolean('True: every node serves everything.'),
      last_echo: shape.orNull(shape.time()),
      version: shape.string(),
      clock_skew_ms: shape.orNull(
        shape.integer('How far its clock is ahead of that of the node that answers; null while unknown.'),
      ),
      clock_skew_error_ms: shape.orNull(shape.integer('How exact that is.')),
    }),
  ),
})

/** Every unsealed node serves everything, and so calls itself active, whichever one a client asks. */
export const leaderRoute = ({ keeper, shared, nodes }: SealServices) =>
  openRoute({
    path: 'sys/leader',
    summary: 'Tell whether this node is active, which every unsealed one is.',
    unrecorded: true,
    answers: { read: answer.bare(leaderShape) },
    operations: {
      read: () => {
        const { kind } = keeper().state()
        if (kind !== 'unsealed') return shared && kind === 'sealed' ? fail('sealed') : { bare: alone }
        const [self, ...others] = nodes()
        if (self === undefined || (!shared && others.length === 0)) return { bare: alone }
        return {
          bare: {
            ...alone,
            ha_enabled: true,
            is_self: true,
            active_time: timeText(self.row.since),
            leader_address: self.row.apiAddress,
            leader_cluster_address: self.row.clusterAddress,
          },
        }
      },
    },
  })

export const stepDownRoute = systemRoute({
  path: 'step-down',
  summary: 'Give up leading, which no node does.',
  sudo: true,
  operations: { update: () => ({}) },
})

export const haStatusRoute = ({ nodes }: SealServices) =>
  systemRoute({
    path: 'ha-status',
    summary: 'Show the nodes that serve this store, and how their clocks differ from that of this one.',
    answers: { read: answer.flat(nodesShape) },
    operations: { read: () => ({ data: { nodes: nodes().map(shown) }, flatten: true }) },
  })

const shown = ({ row, isSelf, lastBeat, skew }: ServingNode): JsonObject => ({
  hostname: row.hostname,
  api_address: row.apiAddress,
  cluster_address: row.clusterAddress,
  active_node: true,
  last_echo: isSelf ? null : timeText(lastBeat),
  version: row.version,
  clock_skew_ms: isSelf ? 0 : (skew?.estimate ?? null),
  clock_skew_error_ms: isSelf ? 0 : (skew?.error ?? null),
})
