import { openRoute, systemRoute } from '../../backend/route.ts'
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

export const leaderRoute = openRoute({
  path: 'sys/leader',
  summary: 'Tell which node leads.',
  unrecorded: true,
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
