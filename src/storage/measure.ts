import { counter, type MetricFamily } from '../base/metrics.ts'

/**
 * What monitoring shows of a store. Nothing is asked of it before somebody wants to know, and the answer comes in a
 * time that is bounded, whatever the store does. Labels hold no addresses.
 */
export type Measure = () => Promise<readonly MetricFamily[]>

/** Milliseconds for which what was found is shown again, and after which the store counts as not answering. */
const [fresh, patience] = [5000, 1000]

type Looking = { readonly freshFor?: number; readonly patience?: number; readonly now?: () => number }

/**
 * Asks a store about itself, one question at a time: whoever wants to know meanwhile, or soon afterwards, gets the
 * same answer.
 *
 * @returns what answers undefined where the question failed or took longer than the patience; times in milliseconds
 */
export function createLook<T>(
  ask: () => Promise<T>,
  { freshFor = fresh, patience: longest = patience, now = () => performance.now() }: Looking = {},
): () => Promise<T | undefined> {
  let asked: { readonly answer: Promise<T>; readonly until: number } | undefined
  let underWay = false
  return async () => {
    if (asked === undefined || (!underWay && now() >= asked.until)) {
      underWay = true
      const answer = ask().finally(() => {
        underWay = false
      })
      asked = { answer, until: now() + freshFor }
    }
    return within(asked.answer, longest)
  }
}

/** @returns undefined where the work fails or takes longer */
export async function within<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), milliseconds)
  try {
    return await Promise.race([work.catch(() => undefined), promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Commits whose answer was lost, by what came of them; `unknown` when the client had to be told so. */
export type Doubts = { landed: number; not_landed: number; unknown: number }

export const noDoubts = (): Doubts => ({ landed: 0, not_landed: 0, unknown: 0 })

export const doubtsFamily = (doubts: Doubts): MetricFamily =>
  counter(
    'coffer_store_doubts_total',
    'Commits whose answer was lost, by what came of them.',
    'result',
    doubts,
  )
