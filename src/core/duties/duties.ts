import type { Clock } from '../../base/clock.ts'
import { isFailure } from '../../base/errors.ts'
import { lineUp } from '../../base/line-up.ts'
import type { Ground } from '../../transaction/transaction.ts'
import { type Duty, TakenOver } from './duty.ts'
import { createTenure, type Tenure } from './tenure.ts'

/** All duties, as one process sees them. */
export type Duties = {
  /** What is to be done every few seconds: keeps or takes duties, and starts those that are due. */
  tend(): Promise<void>
  /** Has a duty run soon, if this process has it; who else has it runs it in its own time. */
  soon(name: string): void
  /** Resolves when no run is under way. */
  settled(): Promise<void>
  /** Ends the runs and gives the duties back. */
  stop(): Promise<void>
}

type Parts = {
  readonly ground: () => Ground
  readonly clock: Clock
  /** Names this process; no other has it, and no earlier run of this one. */
  readonly process: string
  readonly duties: readonly Duty[]
  /** Told of a failure once, until it is another one or the same piece of work has succeeded. */
  readonly failed: (duty: string, error: unknown) => void
}

type Post = {
  readonly duty: Duty
  readonly tenure: Tenure
  /** By the monotonic clock; undefined until the duty was taken, or while it was not asked for. */
  due: number | undefined
  running: Promise<void> | undefined
  /** What keeping it, and running it, failed with last. */
  readonly told: { hold?: string | undefined; run?: string | undefined }
}

export function createDuties({ ground, clock, process, duties, failed }: Parts): Duties {
  const stopping = new AbortController()
  const posts: Post[] = duties.map((duty) => ({
    duty,
    tenure: createTenure({ ground, clock, process, duty: duty.name }),
    due: undefined,
    running: undefined,
    told: {},
  }))

  function tell({ duty, told }: Post, work: keyof Post['told'], error: unknown): void {
    // A process that stops, is sealed or has lost its duty ends what it was doing.
    if (stopping.signal.aborted || error instanceof TakenOver || isFailure(error, 'sealed')) return
    const text = String(error)
    if (told[work] === text) return
    told[work] = text
    failed(duty.name, error)
  }

  async function run(post: Post): Promise<void> {
    const { duty, tenure } = post
    const turn = tenure.turn(stopping.signal)
    if (turn === undefined) return
    // Whoever asks for it during the run means the time after it.
    post.due = undefined
    let result: 'done' | 'more' = 'done'
    try {
      result = await duty.run(turn)
      post.told.run = undefined
    } catch (error) {
      tell(post, 'run', error)
    }
    post.due ??= clock.monotonic() + (result === 'more' ? 0 : duty.every)
  }

  function startIfDue(post: Post): void {
    if (stopping.signal.aborted || !post.tenure.held || post.running !== undefined) return
    post.due ??= clock.monotonic() + post.duty.every
    if (clock.monotonic() < post.due) return
    post.running = run(post).finally(() => {
      post.running = undefined
    })
  }

  const tend = lineUp(async () => {
    await Promise.all(
      posts.map(async (post) => {
        if (stopping.signal.aborted) return
        try {
          await post.tenure.tend()
          post.told.hold = undefined
        } catch (error) {
          tell(post, 'hold', error)
        }
        startIfDue(post)
      }),
    )
  })

  const settled = async () => {
    await Promise.all(posts.map(({ running }) => running))
  }

  return {
    tend,
    soon(name) {
      for (const post of posts) if (post.duty.name === name) post.due = Number.NEGATIVE_INFINITY
      void tend()
    },
    settled,
    async stop() {
      stopping.abort()
      await tend()
      await settled()
      await Promise.all(posts.map((post) => post.tenure.release().catch(() => undefined)))
    },
  }
}
