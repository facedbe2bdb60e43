import type { Clock } from '../../base/clock.ts'
import { isFailure } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Report } from '../report.ts'
import type { Duty } from './duty.ts'

/** What a full check of the store found. Times in milliseconds since 1970. */
export type CheckOutcome = {
  readonly started: number
  readonly finished: number
  /** What is wrong, without names or values of rows; empty when all is well. */
  readonly findings: readonly string[]
}

/** When the next check is, and what the last one found. */
type Checks = { readonly next: number; readonly last?: CheckOutcome | undefined }

const rows = jsonRecord<Checks>('check of the store')
const rowKey = 'cluster/check' as StorageKey
const day = 24 * 3600_000

export const readChecks = (tx: Transaction): Promise<Checks | undefined> => tx.get(rows, rowKey)

type Parts = {
  readonly clock: Clock
  readonly random: Random
  /** Reads the whole store, and answers what is wrong with it. */
  readonly check: () => Promise<readonly string[]>
  readonly report: Report
  /** Told of every outcome; metrics are made of it. */
  readonly checked?: ((outcome: CheckOutcome) => void) | undefined
}

/**
 * Checks the store in full once a day, the first time at some moment of the first day, so that neither a
 * start nor every cluster of a host is slowed at once. A duty that looks more often, since no process may
 * live for a day.
 */
export function checkDuty({ clock, random, check, report, checked }: Parts): Duty {
  /** A time within the next day: a clock that was ahead once must not put the check off for years. */
  const atOnceOrLater = ({ next }: Checks) => Math.min(next, clock.now() + day)
  const offset = () => Math.floor((random.bytes(4).readUInt32BE() / 2 ** 32) * day)

  async function perform(): Promise<CheckOutcome> {
    const started = clock.now()
    const findings = await check().catch((error: unknown) => {
      if (!isFailure(error, 'corrupt')) throw error
      return ['the store cannot be read in full']
    })
    return { started, finished: clock.now(), findings }
  }

  return {
    name: 'check',
    every: 600_000,
    async run(turn) {
      const state = await turn.transact(async (tx) => {
        const stored = await readChecks(tx)
        const next = stored === undefined ? clock.now() + offset() : atOnceOrLater(stored)
        if (stored?.next !== next) tx.put(rows, rowKey, { ...stored, next })
        return { ...stored, next }
      })
      if (clock.now() < state.next) return 'done'
      const last = await unlessAborted(turn.signal, perform())
      if (last === undefined) return 'done'
      tell(report, last)
      checked?.(last)
      await turn.transact(async (tx) => tx.put(rows, rowKey, { next: clock.now() + day, last }))
      return 'done'
    },
  }
}

function tell(report: Report, { findings }: CheckOutcome): void {
  if (findings.length === 0) report('the store was checked in full; nothing is wrong', 'info')
  else {
    const found = findings.join('; ')
    report(`the check of the store found: ${found}; restore the backup where data is damaged`, 'error')
  }
}

/** Ends the waiting, not the work, when the signal says so: the store ends its check when it is closed. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const stop = () => resolve(undefined)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  work.catch(() => undefined)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
