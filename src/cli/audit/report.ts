import type { Verification } from '../../audit/chain/verify.ts'
import type { Row } from '../output/table.ts'

/** What is wrong, one line each. */
export function findingLines({ findings, more }: Verification): string[] {
  const lines = findings.map(
    ({ file, line, kind, text }) => `${file}:${line}: ${kind.replace('_', ' ')}: ${text}`,
  )
  if (more > 0) lines.push(`… and ${more} more`)
  return lines.length > 0 ? [...lines, ''] : []
}

/** @param wasHeld whether the end of the log was held against a head */
export function summaryRows(result: Verification, wasHeld: boolean): Row[] {
  const { continues, head, torn } = result
  return [
    ['Result', result.ok ? 'all lines are as they were written' : 'NOT as it was written'],
    ['Lines', String(result.lines)],
    ['Signatures', String(result.signatures)],
    ['Not yet signed', String(result.unsigned)],
    ...(result.unchained > 0 ? [['Without a chain', String(result.unchained)]] : []),
    ...(torn.length > 0 ? [['Unfinished by a crash', String(torn.length)]] : []),
    [
      'Begins',
      continues === undefined ? 'with the log' : `after line ${continues.seq} of ${continues.segment}`,
    ],
    ...(head === undefined ? [] : [['Last signed', `line ${head.seq} of ${head.segment}`]]),
    ...(wasHeld
      ? []
      : [['Ends', 'NOT TOLD: lines that are missing at the end show by a head alone (-head)']]),
  ]
}
