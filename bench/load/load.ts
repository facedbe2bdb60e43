import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Sent } from '../work.ts'

export type Job = {
  readonly url: string
  readonly requests: readonly Sent[]
  readonly connections: number
  readonly seconds: number
}

/** Requests a second that succeeded, and milliseconds that so many of a hundred of them took at most. */
export type Measured = {
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Answers other than 2xx, and connections that broke. */
  readonly failed: number
  /** All answers, those of the second before included. */
  readonly answers: number
}

/** Makes load from a process of its own, after a second of it that does not count. */
export function measure(job: Job): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'driver.ts'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    let measured: Measured | undefined
    child.once('message', (message) => {
      // The driver sends nothing else.
      measured = message as Measured
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (measured === undefined) reject(new Error(`the load driver ended with ${code}`))
      else resolve(measured)
    })
    child.send(job)
  })
}
