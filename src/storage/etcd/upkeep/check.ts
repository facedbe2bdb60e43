import { fail } from '../../../base/errors.ts'
import { compareKeys, justBehind } from '../../keys.ts'
import type { Calls } from '../connection/calls.ts'
import { behind, folderOf, type Layout } from '../layout.ts'
import { AlarmType } from '../messages/etcd_pb.js'
import { readRanges } from '../reading/ranges.ts'

type Parts = {
  readonly calls: Calls
  readonly layout: Layout
  /** A file of which less than half is used, and larger than this, is worth defragmenting. Bytes. */
  readonly smallFile: number
}

/** Keys that come in one answer. */
const page = 10_000
const maxFindings = 100
const maxTries = 10

/**
 * Looks at the alarms and the file of etcd, and whether each folder has its marker and each marker its folder.
 *
 * @returns what is wrong, in words; names nothing that is stored
 */
export async function check(parts: Parts): Promise<readonly string[]> {
  return [...(await checkServer(parts)), ...(await checkMarkers(parts))]
}

async function checkServer({ calls, smallFile }: Parts): Promise<string[]> {
  const found = new Set<string>()
  for (const alarm of await alarmsOf(calls)) {
    if (alarm === AlarmType.NOSPACE) found.add('etcd is out of space (alarm NOSPACE) and takes no writes')
    if (alarm === AlarmType.CORRUPT)
      found.add('a member of etcd holds other data than the rest (alarm CORRUPT)')
  }
  const members = await calls.each(({ maintenance }, options) => maintenance.status({}, options))
  const silent = members.filter((member) => member === undefined).length
  if (silent > 0) found.add(`${silent} of ${members.length} members of etcd do not answer`)
  for (const status of members.filter((member) => member !== undefined)) {
    const { dbSize, dbSizeInUse } = status
    if (dbSize > smallFile && dbSizeInUse * 2n < dbSize) {
      const [size, used] = [dbSize, dbSizeInUse].map((bytes) => Math.round(Number(bytes) / 2 ** 20))
      found.add(
        `a member of etcd uses ${used} MiB of its file of ${size} MiB: defragment it (etcdctl defrag)`,
      )
    }
  }
  return [...found]
}

/** Any member tells those of all, when there is a leader. */
async function alarmsOf(calls: Calls): Promise<AlarmType[]> {
  for (let tries = 0; tries < maxTries; tries++) {
    const answers = await calls.each(({ maintenance }, options) => maintenance.alarm({}, options))
    const answer = answers.find((one) => one !== undefined)
    if (answer !== undefined) return answer.alarms.map(({ alarm }) => alarm)
  }
  return fail('storage_failed', 'etcd does not answer')
}

async function checkMarkers({ calls, layout }: Pick<Parts, 'calls' | 'layout'>): Promise<string[]> {
  let missing = 0
  let needless = 0
  const anything = { from: layout.store, to: justBehind(layout.store), limit: 1 }
  const { revision } = await readRanges(calls, [anything], 0n)
  const at = (depth: number) => namesAt({ calls, layout }, depth, revision)
  for (let depth = 0, any = true; any; depth++) {
    any = false
    const markers = filtered(at(depth), (name) => name.endsWith('/'))
    const folders = unique(mapped(at(depth + 1), folderOf))
    let [marker, folder] = [await markers.next(), await folders.next()]
    while (marker.done !== true || folder.done !== true) {
      any = true
      const order =
        marker.done === true ? 1 : folder.done === true ? -1 : compareKeys(marker.value, folder.value)
      if (order < 0) needless++
      if (order > 0) missing++
      if (order <= 0) marker = await markers.next()
      if (order >= 0) folder = await folders.next()
      if (missing + needless >= maxFindings) break
    }
  }
  return [
    ...(missing === 0 ? [] : [`${missing} folders do not show in lists: their markers are missing in etcd`]),
    ...(needless === 0 ? [] : [`${needless} markers of folders in etcd have no rows below them`]),
  ]
}

async function* namesAt(
  { calls, layout }: Pick<Parts, 'calls' | 'layout'>,
  depth: number,
  revision: bigint,
): AsyncGenerator<string> {
  const start = layout.at(depth, '')
  for (let from: string | undefined = start; from !== undefined; ) {
    const { answers } = await readRanges(calls, [{ from, to: behind(start), limit: page }], revision)
    const names: string[] = (answers[0]?.kvs ?? []).map(({ key }) =>
      layout.nameOf(Buffer.from(key).toString()),
    )
    yield* names
    const last = names.at(-1)
    from = answers[0]?.more === true && last !== undefined ? justBehind(start + last) : undefined
  }
}

async function* filtered(names: AsyncIterable<string>, keep: (name: string) => boolean) {
  for await (const name of names) if (keep(name)) yield name
}

async function* mapped(names: AsyncIterable<string>, change: (name: string) => string) {
  for await (const name of names) yield change(name)
}

async function* unique(names: AsyncIterable<string>) {
  let last: string | undefined
  for await (const name of names) {
    if (name !== last) yield name
    last = name
  }
}
