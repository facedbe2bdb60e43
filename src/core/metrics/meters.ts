import type { Trail } from '../../backend/message.ts'
import {
  counter,
  createRecorder,
  gauge,
  type MetricFamily,
  type Recorder,
  type Sample,
} from '../../base/metrics.ts'
import { createTally, type Tally } from '../../transaction/tally.ts'
import type { CheckOutcome } from '../duties/check.ts'

/** What a node counts. Counting a request takes a fraction of a microsecond; nothing is written anywhere. */
export type Meters = {
  /**
   * @param status of the answer
   * @param milliseconds from the request's last byte until its answer was known; undefined for one that was
   * refused unread
   */
  request(trail: Trail, status: number, milliseconds: number | undefined): void
  auditFailed(entry: 'request' | 'response'): void
  tokenCreated(type: 'service' | 'batch'): void
  leaseExpired(): void
  storeChecked(outcome: CheckOutcome): void
  readonly tally: Tally
  collect(state: State): MetricFamily[]
}

/** What is looked up when somebody asks. */
export type State = {
  readonly unsealed: boolean
  /** Audit devices that take no lines at the moment. */
  readonly auditTroubles: number
  readonly cacheBytes: number
  /** Processes that serve the store, as far as this one knows. */
  readonly nodes: number
  /** How far the others' clocks are ahead of this one's, milliseconds, by what names them. */
  readonly skews: readonly { readonly node: string; readonly milliseconds: number }[]
}

/** By the first digit of the status. */
type Classes = [number, number, number, number, number, number]

export function createMeters(): Meters {
  const requests = new Map<string, Map<string, Classes>>()
  const latencies = new Map<string, Map<string, Recorder>>()
  const audit = { request: 0, response: 0 }
  const tokens = { service: 0, batch: 0 }
  let leases = 0
  let check: CheckOutcome | undefined
  const tally = createTally()

  return {
    tally,
    request({ route, mountType, operation }, status, milliseconds) {
      const classes = within(requests, route, operation, noClasses)
      const digit = (status / 100) | 0
      classes[digit] = (classes[digit] ?? 0) + 1
      if (milliseconds !== undefined)
        within(latencies, mountType, operation, createRecorder).add(milliseconds / 1000)
    },
    auditFailed: (entry) => {
      audit[entry]++
    },
    tokenCreated: (type) => {
      tokens[type]++
    },
    leaseExpired: () => {
      leases++
    },
    storeChecked: (outcome) => {
      check = outcome
    },
    collect: ({ unsealed, auditTroubles, cacheBytes, nodes, skews }) => {
      const { hits, misses, commits, commitTime } = tally
      return [
        gauge('coffer_unsealed', 'Whether the node is unsealed.', Number(unsealed), 'least'),
        {
          name: 'coffer_requests_total',
          help: 'Requests of the API by route, operation and class of status.',
          kind: 'counter',
          samples: requestSamples(requests),
        },
        {
          name: 'coffer_request_seconds',
          help: 'From the last byte of a request until its answer was known.',
          kind: 'histogram',
          samples: leaves(latencies).map(([mount_type, operation, recorder]) => ({
            labels: { mount_type, operation },
            value: recorder.read(),
          })),
        },
        counter('coffer_audit_failures_total', 'Audit entries that no device took.', 'entry', audit),
        gauge(
          'coffer_audit_devices_failing',
          'Audit devices that take no lines at the moment.',
          auditTroubles,
          'most',
        ),
        counter('coffer_store_commits_total', 'Commits to the store by how they ended.', 'result', commits),
        {
          name: 'coffer_store_commit_seconds',
          help: 'How long commits to the store took.',
          kind: 'histogram',
          samples: [{ labels: {}, value: commitTime.read() }],
        },
        counter(
          'coffer_cache_reads_total',
          'Rows that were read, by whether the cache had them opened.',
          'result',
          {
            hit: hits,
            miss: misses,
          },
        ),
        gauge(
          'coffer_cache_hit_ratio',
          'Share of the rows read that the cache had opened, since the start.',
          hits + misses === 0 ? 0 : hits / (hits + misses),
          'mean',
        ),
        gauge('coffer_cache_bytes', 'What the cache takes in memory, estimated.', cacheBytes),
        counter('coffer_tokens_created_total', 'Tokens that were made.', 'type', tokens),
        {
          name: 'coffer_leases_expired_total',
          help: 'Leases whose time was over and that were cleared away.',
          kind: 'counter',
          samples: [{ labels: {}, value: leases }],
        },
        gauge('coffer_nodes', 'Processes that serve the store, this one included.', nodes, 'most'),
        {
          name: 'coffer_node_clock_skew_seconds',
          help: 'How far the clock of another process on the store is ahead of this one’s.',
          kind: 'gauge',
          together: 'mean',
          samples: skews.map(({ node, milliseconds }) => ({ labels: { node }, value: milliseconds / 1000 })),
        },
        gauge(
          'coffer_store_check_findings',
          'Faults that the last full check of the store by this process found.',
          check?.findings.length ?? 0,
          'most',
        ),
        gauge(
          'coffer_store_check_timestamp_seconds',
          'When that check ended, in seconds since 1970; 0 before the first.',
          (check?.finished ?? 0) / 1000,
          'most',
        ),
      ]
    },
  }
}

const noClasses = (): Classes => [0, 0, 0, 0, 0, 0]

function within<T>(table: Map<string, Map<string, T>>, first: string, second: string, make: () => T): T {
  const known = table.get(first)
  const inner = known ?? new Map<string, T>()
  if (known === undefined) table.set(first, inner)
  const found = inner.get(second)
  if (found !== undefined) return found
  const made = make()
  inner.set(second, made)
  return made
}

const leaves = <T>(table: ReadonlyMap<string, ReadonlyMap<string, T>>): [string, string, T][] =>
  [...table].flatMap(([first, inner]) =>
    [...inner].map(([second, value]): [string, string, T] => [first, second, value]),
  )

const requestSamples = (requests: ReadonlyMap<string, ReadonlyMap<string, Classes>>): Sample<number>[] =>
  leaves(requests).flatMap(([route, operation, classes]) =>
    [...classes.entries()]
      .filter(([, value]) => value > 0)
      .map(([digit, value]) => ({ labels: { route, operation, status: `${digit}xx` }, value })),
  )
