import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { readChecks } from './check.ts'
import { epochKey, epochs } from './rows.ts'

/** Which process has each duty, since when, and how often it was taken over. */
export async function showDuties(tx: Transaction, names: readonly string[]): Promise<JsonObject> {
  await tx.fetch(names.map((name) => ({ kind: epochs, key: epochKey(name) })))
  const shown: JsonObject = {}
  for (const name of names) {
    const epoch = await tx.get(epochs, epochKey(name))
    shown[name] =
      epoch === undefined
        ? null
        : { process: epoch.process, epoch: epoch.number, since: timeText(epoch.since) }
  }
  return shown
}

/** What the last full check of the store found, and when the next one is. */
export async function showStoreCheck(tx: Transaction): Promise<JsonObject> {
  const checks = await readChecks(tx)
  const last = checks?.last
  return {
    healthy: last === undefined ? null : last.findings.length === 0,
    findings: [...(last?.findings ?? [])],
    started: last === undefined ? null : timeText(last.started),
    finished: last === undefined ? null : timeText(last.finished),
    next: checks === undefined ? null : timeText(checks.next),
  }
}
