import type { Registry } from '../nodes/registry.ts'
import { nodeRows } from '../nodes/rows.ts'
import type { Duty } from './duty.ts'

/** Takes away what dead processes have left in the list of nodes. */
export const nodesDuty = ({ nodes }: { readonly nodes: Pick<Registry, 'dead'> }): Duty => ({
  name: 'nodes',
  every: 10_000,
  async run(turn) {
    for (const { key, version } of nodes.dead()) {
      await turn.transact(async (tx) => {
        await tx.fetch([{ kind: nodeRows, key }])
        // One that has beaten meanwhile lives.
        if (tx.versionOf(key) === version) tx.delete(key)
      })
    }
    return 'done'
  },
})
