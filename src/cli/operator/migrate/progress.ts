import type { MoveProgress, Phase } from '../../../core/migrate/migrate.ts'
import type { Io } from '../../io.ts'

/** Milliseconds between two lines about one phase where there is no terminal, and between two states of the bar. */
const lineEvery = 10_000
const barEvery = 100
const width = 24

/** Shows how far a move is: a bar on a terminal, lines anywhere else. */
export function moveProgress({ stderr, now }: Pick<Io, 'stderr' | 'now'>): {
  readonly show: MoveProgress
  end(): void
} {
  const isTerminal = stderr.isTTY === true
  let phase: Phase | undefined
  let began = 0
  let shown = 0
  let drawn = 0

  function show(next: Phase, rows: number, total: number): void {
    const time = now()
    const isNew = next !== phase
    if (isNew) {
      if (isTerminal && phase !== undefined) stderr.write('\n')
      phase = next
      began = time
      drawn = 0
    } else if (time - shown < (isTerminal ? barEvery : lineEvery)) return
    shown = time
    const text = `${bar(rows, total, isTerminal)}${about(next, rows, total, time - began)}`
    stderr.write(isTerminal ? `\r${text.padEnd(drawn)}` : `${text}\n`)
    drawn = text.length
  }

  return {
    show,
    end() {
      if (isTerminal && phase !== undefined) stderr.write('\n')
    },
  }
}

function about(phase: Phase, rows: number, total: number, spent: number): string {
  const count = total > 0 ? `${rows} of ${Math.max(rows, total)} rows` : `${rows} rows`
  const rate = spent > 0 ? `, ${Math.round((rows * 1000) / spent)} rows/s` : ''
  const paused = phase === 'last changes' || phase === 'verifying' ? ' (nobody is served)' : ''
  return `${phase}${paused}: ${count}${rate}`
}

function bar(rows: number, total: number, isTerminal: boolean): string {
  if (!isTerminal || total === 0) return ''
  const full = Math.round((Math.min(rows, total) / total) * width)
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] `
}
