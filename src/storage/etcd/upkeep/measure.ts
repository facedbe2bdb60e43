import { counter, type MetricFamily, type Sample } from '../../../base/metrics.ts'
import { createLook, type Doubts, doubtsFamily, type Measure } from '../../measure.ts'
import type { Calls } from '../connection/calls.ts'
import { judge } from '../connection/explain.ts'
import { AlarmType } from '../messages/etcd_pb.js'

/** What a member says of itself; a size is undefined where it refuses to tell. Bytes. */
type Member = { readonly size?: number; readonly used?: number }
type Look = {
  /** In the order of the endpoints; undefined for one that does not answer. */
  readonly members: readonly (Member | undefined)[]
  /** Undefined where no member can tell. */
  readonly alarms: ReadonlySet<AlarmType> | undefined
}

/** Milliseconds that members have to answer: less than a look may take. */
const memberPatience = 800

/** @param doubts is read each time */
export function createMeasure(calls: Calls, doubts: Readonly<Doubts>): Measure {
  const look = createLook(async (): Promise<Look> => {
    const [members, alarms] = await Promise.all([membersOf(calls), alarmsOf(calls)])
    return { members, alarms }
  })
  return async () => [
    ...familiesOf(await look()),
    counter('coffer_etcd_calls_total', 'Calls to etcd by what came of them.', 'result', calls.counts),
    doubtsFamily(doubts),
  ]
}

const membersOf = (calls: Calls): Promise<(Member | undefined)[]> =>
  calls.each(async ({ maintenance }, options): Promise<Member> => {
    try {
      const { dbSize, dbSizeInUse } = await maintenance.status({}, options)
      return { size: Number(dbSize), used: Number(dbSizeInUse) }
    } catch (error) {
      // One that refuses is there.
      if (judge(error).kind === 'unanswered') throw error
      return {}
    }
  }, memberPatience)

/** Any member tells those of all, when there is a leader. */
async function alarmsOf(calls: Calls): Promise<Set<AlarmType> | undefined> {
  const answers = await calls.each(
    ({ maintenance }, options) => maintenance.alarm({}, options),
    memberPatience,
  )
  const answer = answers.find((one) => one !== undefined)
  return answer && new Set(answer.alarms.map(({ alarm }) => alarm))
}

function familiesOf(look: Look | undefined): MetricFamily[] {
  const members = look?.members ?? []
  const of = (value: (member: Member | undefined) => number | undefined): Sample<number>[] =>
    members.flatMap((member, i) => {
      const found = value(member)
      return found === undefined ? [] : [{ labels: { endpoint: `${i + 1}` }, value: found }]
    })
  const alarms = look?.alarms
  return [
    {
      name: 'coffer_etcd_up',
      help: 'Whether a member of etcd answers.',
      kind: 'gauge',
      together: 'least',
      samples: of((member) => Number(member !== undefined)),
    },
    {
      name: 'coffer_etcd_database_bytes',
      help: 'Size of the database file of a member of etcd, which its quota bounds.',
      kind: 'gauge',
      together: 'most',
      samples: of((member) => member?.size),
    },
    {
      name: 'coffer_etcd_database_used_bytes',
      help: 'What is in use of that file; defragmenting frees the rest.',
      kind: 'gauge',
      together: 'most',
      samples: of((member) => member?.used),
    },
    {
      name: 'coffer_etcd_alarm',
      help: 'Whether etcd has raised an alarm.',
      kind: 'gauge',
      together: 'most',
      samples:
        alarms === undefined
          ? []
          : [
              { labels: { alarm: 'nospace' }, value: Number(alarms.has(AlarmType.NOSPACE)) },
              { labels: { alarm: 'corrupt' }, value: Number(alarms.has(AlarmType.CORRUPT)) },
            ],
    },
  ]
}
