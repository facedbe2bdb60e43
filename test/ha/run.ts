import { setTimeout as pause } from 'node:timers/promises'
import { checkHistory, type Verdict } from './check.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { Operation } from './history.ts'
import { type Noticed, startProbes } from './probes.ts'
import type { Context } from './work/context.ts'
import { workOnRights } from './work/rights.ts'
import { workOnSecrets } from './work/secrets.ts'
import { workOnUses } from './work/uses.ts'

/** Something that goes wrong while clients work, and is put right again. */
export type Fault = {
  readonly name: string
  /** Strikes, and resolves to what puts it right; `alarm` is told of an answer that there must not be meanwhile. */
  strike(alarm: (text: string) => void): Promise<() => Promise<void>>
  /** Milliseconds that it lasts at least. */
  readonly lasts: number
}

export type RunResult = Omit<Noticed, 'wrong'> & {
  readonly fault: string
  /** Acknowledged writes that are not there. */
  readonly lost: number
  /** Answers that were wrong, and histories that nothing explains. */
  readonly wrong: readonly string[]
  /** What is recorded of the objects whose history nothing explains. */
  readonly histories: Verdict['wrong']
  readonly operations: number
  readonly objects: number
}

export type WorkOptions = {
  /** Names the run: no two on one cluster have the same. */
  readonly run: string
  readonly random: () => number
  /** Milliseconds that a client gives one node for one answer before it asks another. */
  readonly patience: number
  /** Milliseconds between two requests of a client. */
  readonly pacing: number
}

export type RunOptions = WorkOptions & {
  readonly cluster: Cluster
  readonly fault: Fault
  /** Milliseconds of work before the fault and after it was put right. */
  readonly calm: number
}

/** All clients work at once; returns what they recorded when told to stop. */
export function startWork({ root, addresses }: Cluster, { run, random, patience, pacing }: WorkOptions) {
  const history: Operation[] = []
  const strange: string[] = []
  let stopped = false
  const context: Context = {
    run,
    root,
    addresses,
    patience,
    pacing,
    random,
    record: (operation) => history.push(operation),
    stopped: () => stopped,
    strange: (text) => strange.push(text),
  }
  const work = [...workOnSecrets(context, 6), ...workOnRights(context), ...workOnUses(context)]
  return {
    /** How many operations have been recorded. */
    count: () => history.length,
    async stop(): Promise<{ history: Operation[]; strange: string[] }> {
      stopped = true
      await Promise.all(work)
      return { history, strange }
    },
  }
}

/** Lets clients work while a fault strikes, and checks all that they were told. */
export async function runFault({ cluster, fault, calm, ...options }: RunOptions): Promise<RunResult> {
  const alarms: string[] = []
  const work = startWork(cluster, options)
  const probes = startProbes(cluster, options.run, options.patience)
  await pause(calm)
  const heal = await fault.strike((text) => alarms.push(text))
  await pause(fault.lasts)
  await heal()
  await cluster.ready()
  await pause(calm)
  await probes.stop()
  const { history, strange } = await work.stop()
  const lost = await probes.lost()
  const verdict = await checkHistory(history)
  const { wrong, ...noticed } = probes.noticed
  return {
    fault: fault.name,
    ...noticed,
    lost,
    wrong: [
      ...alarms,
      ...wrong,
      ...strange,
      ...verdict.wrong.map(({ object }) => `no order of operations explains what was seen of ${object}`),
      ...verdict.undecided.map((object) => `the history of ${object} could not be decided in time`),
    ],
    histories: verdict.wrong,
    operations: verdict.operations,
    objects: verdict.objects,
  }
}
