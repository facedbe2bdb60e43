import type { TestContext } from 'node:test'
import { type Calls, createCalls } from '../connection/calls.ts'
import { createEndpoint } from '../connection/endpoints.ts'
import { createGuard } from '../connection/guard.ts'
import { identify } from '../connection/identity.ts'
import { createLayout } from '../layout.ts'
import { createVersions } from '../versions.ts'
import { createQueue } from './queue.ts'
import { claimSlots } from './slots.ts'

const deadline = 10_000

/** Calls to etcd that end with the test, and what watches over them. */
export function openCalls(t: TestContext, urls: readonly string[]) {
  const guard = createGuard()
  const endpoints = urls.map((url) => createEndpoint(url, {}))
  const calls = createCalls({ endpoints, guard, attempt: 2000, deadline, login: undefined })
  t.after(() => calls.close())
  return { guard, calls }
}

/**
 * The queue of commits of a process.
 *
 * @param around stands between the queue and its calls
 */
export async function openQueue(
  t: TestContext,
  {
    urls,
    prefix,
    node,
  }: { readonly urls: readonly string[]; readonly prefix: string; readonly node: string },
  around: (once: Calls['once']) => Calls['once'],
) {
  const { guard, calls } = openCalls(t, urls)
  const layout = createLayout(prefix)
  const { lineage, revision: storeRevision } = await identify(calls, layout)
  const versions = createVersions(lineage, guard.cluster ?? 0n)
  const slots = await claimSlots({ calls, guard, layout, node })
  const through = { ...calls, once: around(calls.once) }
  const queue = createQueue({ calls: through, guard, layout, versions, slots, storeRevision, deadline })
  return { queue, calls, layout }
}
