import { formatGoDuration } from '../../../../src/base/duration.ts'

/** Seconds as people write them: `1h30m`. */
export const durationText = (seconds: number): string =>
  formatGoDuration(seconds)
    .replace(/(?<=[hm])0m/, '')
    .replace(/(?<=[hm])0s$/, '')
