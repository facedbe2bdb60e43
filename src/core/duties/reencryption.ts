import type { OpenBarrier } from '../../barrier/open.ts'
import { nodesPrefix } from '../nodes/rows.ts'
import type { Duty } from './duty.ts'
import { dutyPrefix } from './rows.ts'

type Parts = { readonly barrier: OpenBarrier; readonly report: (text: string) => void }

/** Encrypts what older key terms encrypted anew, a little at a time. Old terms open it meanwhile. */
export function reencryptionDuty({ barrier, report }: Parts): Duty {
  return {
    name: 'reencryption',
    every: 20_000,
    async run(turn) {
      const step = await barrier.reencrypt({ fence: await turn.fence(), leave: [dutyPrefix, nodesPrefix] })
      if (step.damaged.length > 0) {
        report(`${step.damaged.length} rows of the store do not open, and were left as they are`)
      }
      return step.done ? 'done' : 'more'
    },
  }
}
