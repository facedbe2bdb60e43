import { fail, isFailure } from '../../base/errors.ts'

/** Waits so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>

const maxAttempts = 12
const longestPause = 3_000

/** What a store may recover from: it failed, has too much to do, or its answer was lost. */
const mayPass = (error: unknown) => isFailure(error, 'storage_failed', 'overloaded', 'timed_out')

/**
 * Does something that may be done again, until it succeeds; for half a minute while the store does not answer.
 *
 * @param work answers undefined when it collided with something and is to look again
 * @throws what it threw last; conflict when it kept colliding
 */
export async function persist<T>(pause: Pause, work: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await work()
      if (result !== undefined) return result
      if (attempt >= maxAttempts) fail('conflict', 'the data kept changing; try again')
    } catch (error) {
      if (attempt >= maxAttempts || !mayPass(error)) throw error
    }
    await pause(Math.min(longestPause, 10 * 2 ** attempt))
  }
}
