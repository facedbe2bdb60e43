import type { Calls } from '../connection/calls.ts'
import type { Guard } from '../connection/guard.ts'

export type Compaction = {
  /** Notes the revision, and lets etcd forget those that were old enough a while ago. @param now monotonic, ms */
  look(now: number): void
}

/** Samples that are kept of a span; etcd is compacted as often. */
const steps = 10

/**
 * etcd keeps every revision until it is compacted. This lets it forget what is older than `history` milliseconds;
 * every node does so, and whoever comes second finds it done.
 */
export function createCompaction(
  calls: Pick<Calls, 'once'>,
  guard: Pick<Guard, 'revision'>,
  history: number,
): Compaction {
  const samples: { readonly at: number; readonly revision: bigint }[] = []
  let compacted = 0n
  return {
    look(now) {
      if (history === 0) return
      const last = samples.at(-1)
      if (last !== undefined && now - last.at < history / steps) return
      samples.push({ at: now, revision: guard.revision })
      let revision = 0n
      while (samples[0] !== undefined && now - samples[0].at >= history) {
        revision = samples.shift()?.revision ?? 0n
      }
      if (revision <= compacted) return
      compacted = revision
      // What fails now is done with the next sample.
      calls.once(({ kv }, options) => kv.compact({ revision }, options)).catch(() => undefined)
    },
  }
}
