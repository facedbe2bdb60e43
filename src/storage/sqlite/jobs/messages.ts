import type { ErrorCode } from '../../../base/errors.ts'
import type { ListOptions, ScanRow } from '../../store.ts'

export type JobsData = { readonly path: string; readonly lineage: string }

export type Job =
  | { readonly kind: 'list' | 'scan'; readonly prefix: string; readonly options: ListOptions }
  | { readonly kind: 'check' }

/** What a job gives. Names come as one text with NULs between, which crosses threads much faster than many. */
export type JobResult = {
  readonly list: { readonly names: string; readonly more: boolean }
  readonly scan: { readonly rows: readonly ScanRow[]; readonly more: boolean }
  readonly check: readonly string[]
}

export type JobRequest = { readonly id: number; readonly job: Job }
export type JobAnswer =
  | { readonly id: number; readonly result: JobResult[Job['kind']] }
  | { readonly id: number; readonly failed: { readonly code: ErrorCode; readonly text: string } }
