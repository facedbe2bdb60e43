import { inspect } from 'node:util'

/** The part of node's counts that is reported, under node's own names for it. */
export type Counts = {
  readonly tests: number
  readonly suites: number
  readonly passed: number
  readonly failed: number
  readonly cancelled: number
  readonly skipped: number
  readonly todo: number
}

/** What became of one test. `name` holds its file and suites, `place` is FILE:LINE. */
export type Outcome =
  | { readonly kind: 'passed'; readonly name: string }
  | {
      readonly kind: 'failed'
      readonly name: string
      readonly file: string
      readonly place: string
      readonly error: unknown
    }
  /** Never ended, since what it belongs to failed or ended before. */
  | { readonly kind: 'cancelled'; readonly name: string; readonly file: string }
  | { readonly kind: 'left out'; readonly name: string; readonly reason: string }

/** One line for a test file that has ended. */
export function fileLine(file: string, outcomes: readonly Outcome[], milliseconds: number): string {
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length
  const kinds = (['passed', 'failed', 'cancelled', 'left out'] as const).filter((kind) => count(kind) > 0)
  const counts = kinds.map((kind) => `${count(kind)} ${kind}`).join(', ') || 'no tests'
  return `${count('failed') + count('cancelled') > 0 ? 'FAILED' : 'ok'}  ${file}: ${counts} in ${seconds(milliseconds)}`
}

/**
 * What failed, each with its error, what the files with failures printed (`output`, by file), and what was left
 * out, each with its reason. Empty when there is neither.
 */
export function details(outcomes: readonly Outcome[], output: ReadonlyMap<string, string>): string {
  const lines: string[] = []
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed')
  for (const { name, place, error } of failed) {
    lines.push('', `FAILED  ${name}`, indent(place), indent(describeError(error)))
  }
  const cancelled = outcomes.filter((outcome) => outcome.kind === 'cancelled')
  for (const file of new Set(cancelled.map((outcome) => outcome.file))) {
    const count = cancelled.filter((outcome) => outcome.file === file).length
    lines.push('', `CANCELLED  ${count} in ${file}, since what they belong to failed or ended before them`)
  }
  for (const file of new Set([...failed, ...cancelled].map((outcome) => outcome.file))) {
    const text = output.get(file)?.trimEnd()
    if (text) lines.push('', `Printed by ${file}:`, indent(text))
  }
  const leftOut = outcomes.filter((outcome) => outcome.kind === 'left out')
  if (leftOut.length > 0) lines.push('', 'Left out:')
  for (const { name, reason } of leftOut) lines.push(`  ${name}: ${reason}`)
  return lines.join('\n')
}

/** The lines with which node's TAP reporter ends. */
export function summary(counts: Counts, milliseconds: number): string {
  return [
    `# tests ${counts.tests}`,
    `# suites ${counts.suites}`,
    `# pass ${counts.passed}`,
    `# fail ${counts.failed}`,
    `# cancelled ${counts.cancelled}`,
    `# skipped ${counts.skipped}`,
    `# todo ${counts.todo}`,
    `# duration_ms ${Math.round(milliseconds)}`,
  ].join('\n')
}

/** Where nothing may be left out, a test that was left out has failed. */
export function countStrictly(counts: Counts): Counts {
  return { ...counts, failed: counts.failed + counts.skipped + counts.todo, skipped: 0, todo: 0 }
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

/** Node wraps what a test threw; the author of the test wants to see the cause. */
function describeError(error: unknown): string {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error
  return typeof inner === 'string' ? inner : inspect(inner, { depth: 4 })
}

const indent = (text: string): string => text.replace(/^/gm, '        ')
