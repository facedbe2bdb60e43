import type { Job, Outcome } from '../operations/job.ts'

export type WorkRequest = { readonly id: number; readonly job: Job }
export type WorkAnswer =
  | { readonly id: number; readonly outcomes: readonly Outcome[] }
  | { readonly id: number; readonly failed: string }
