import type { Cluster } from './cluster/cluster.ts'
import type { Fault } from './run.ts'

/** What strikes a node of the cluster: each time another. */
export function nodeFaults(cluster: Cluster): Fault[] {
  let turn = 0
  const next = () => turn++ % cluster.addresses.length
  return [
    {
      name: 'node killed',
      lasts: 1000,
      async strike() {
        const index = next()
        await cluster.node(index).kill()
        return () => cluster.start(index)
      },
    },
    {
      name: 'node paused',
      lasts: 3000,
      async strike() {
        const node = cluster.node(next())
        node.pause()
        return async () => node.resume()
      },
    },
  ]
}
