/**
 * What metrics cost a request.
 *
 *     node bench/meters.ts
 */
import type { Operation, Trail } from '../src/backend/message.ts'
import { createMeters } from '../src/core/metrics/meters.ts'
import { noteRoute } from '../src/core/metrics/trail.ts'
import { newTrail } from '../src/http/api.ts'

const rounds = 5_000_000
const routes = Array.from({ length: 40 }, (_, i) => ({ path: `folder${i}/{path+}` }))
const operations: readonly Operation[] = ['read', 'update', 'list', 'delete']
const mounts = ['kv', 'system', 'token', 'cubbyhole'].map((type) => ({ type, table: 'secret' as const }))

const meters = createMeters()
const item = <T>(list: readonly T[], at: number): T => list[at % list.length] as T

/** Everything that is done for metrics while one request is served. */
function request(at: number): void {
  const trail: Trail = newTrail()
  const begin = performance.now()
  noteRoute(trail, item(mounts, at), item(routes, at), item(operations, at))
  meters.tally.hits += 6
  meters.request(trail, 200, performance.now() - begin)
}

for (let at = 0; at < rounds / 10; at++) request(at)
const begin = performance.now()
for (let at = 0; at < rounds; at++) request(at)
const nanoseconds = ((performance.now() - begin) * 1e6) / rounds
console.log(`${nanoseconds.toFixed(0)} ns a request`)
