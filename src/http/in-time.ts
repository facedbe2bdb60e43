import { CofferError } from '../base/errors.ts'

/**
 * Has a request handled within a time. One that takes longer is answered with an error; what it still does is
 * not waited for, and it changes nothing any more unless its commit is already under way.
 *
 * @param time milliseconds
 * @param handle asks whether its time is over
 * @throws timed_out; whatever the handler throws
 */
export function inTime<T>(time: number, handle: (isLate: () => boolean) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false
    const answer = handle(() => late)
    const timer = setTimeout(() => {
      late = true
      reject(new CofferError('timed_out'))
    }, time).unref()
    answer.then(
      (reply) => {
        clearTimeout(timer)
        resolve(reply)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
