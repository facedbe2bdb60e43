import type { OpenBarrier } from '../../barrier/open.ts'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import type { Ground } from '../../transaction/transaction.ts'
import type { Registry } from '../nodes/registry.ts'
import type { Report } from '../report.ts'
import { type CheckOutcome, checkDuty } from './check.ts'
import { deletedDuty } from './deleted.ts'
import type { Duty } from './duty.ts'
import { type MoveParts, movesDuty } from './moves.ts'
import { nodesDuty } from './nodes.ts'
import { oldUsageDuty } from './old-usage.ts'
import { reencryptionDuty } from './reencryption.ts'
import { sweepDuty } from './sweep.ts'
import { usageMonthsDuty } from './usage-months.ts'

export const dutyNames: readonly string[] = [
  'sweep',
  'reencryption',
  'usage',
  'usage-months',
  'moves',
  'deleted',
  'nodes',
  'check',
]

type Parts = {
  readonly ground: () => Ground
  readonly barrier: OpenBarrier
  readonly clock: Clock
  readonly random: Random
  readonly report: Report
  readonly moves: MoveParts
  readonly nodes: Pick<Registry, 'dead'>
  /** Told of every lease that ended. */
  readonly expired?: (() => void) | undefined
  /** Reads the whole store and answers what is wrong; absent where the store has nothing to check. */
  readonly checkStore?: (() => Promise<readonly string[]>) | undefined
  readonly storeChecked?: ((outcome: CheckOutcome) => void) | undefined
}

/** Everything that one process of the cluster does at a time. */
export function allDuties({ checkStore, storeChecked, moves, ...parts }: Parts): Duty[] {
  return [
    sweepDuty(parts),
    reencryptionDuty(parts),
    oldUsageDuty({ ...parts, ...moves }),
    usageMonthsDuty(parts),
    movesDuty({ ...parts, ...moves }),
    deletedDuty(parts),
    nodesDuty(parts),
    ...(checkStore === undefined ? [] : [checkDuty({ ...parts, check: checkStore, checked: storeChecked })]),
  ]
}
