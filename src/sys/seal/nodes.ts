import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { openRoute, systemRoute } from '../../backend/routes/route.ts'
import type { SealServices } from './services.ts'

/** Every node serves everything: there is no leader to ask for and nobody stands by. */
const leader = {
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
      active_node: shape.boolean(),
      last_echo: shape.orNull(shape.time()),
      version: shape.string(),
    }),
  ),
})

export const leaderRoute = openRoute({
  path: 'sys/leader',
  summary: 'Tell which node leads.',
  unrecorded: true,
  answers: { read: answer.bare(leaderShape) },
  operations: { read: () => ({ bare: leader }) },
})

export const stepDownRoute = systemRoute({
  path: 'step-down',
  summary: 'Give up leading, which no node does.',
  sudo: true,
  operations: { update: () => ({}) },
})

export const haStatusRoute = ({ hostname, apiAddress, version }: SealServices) =>
  systemRoute({
    path: 'ha-status',
    summary: 'Show this node.',
    answers: { read: answer.flat(nodesShape) },
    operations: {
      read: () => ({
        data: {
          nodes: [
            {
              hostname,
              api_address: apiAddress,
              cluster_address: '',
              active_node: true,
              last_echo: null,
              version,
            },
          ],
        },
        flatten: true,
      }),
    },
  })
