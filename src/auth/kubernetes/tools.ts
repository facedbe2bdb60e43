import { createSlotsOfEach, type SlotsOfEach } from '../../backend/logins/slots.ts'
import { type Pod, podAt } from './pod.ts'

/** What all mounts of a process share. */
export type Tools = {
  readonly pod: Pod
  /** Bounds the logins that wait for each API server. */
  readonly slots: SlotsOfEach
  /** Milliseconds that each answer may take. */
  readonly timeout: number
}

export type ToolsOptions = { readonly pod?: Pod; readonly timeout?: number; readonly slots?: number }

/** Makes what all mounts of a process share: an answer may take 5 seconds, and 64 logins ask each API server at once. */
export function createTools({ pod = podAt(), timeout = 5_000, slots = 64 }: ToolsOptions = {}): Tools {
  return { pod, timeout, slots: createSlotsOfEach(slots) }
}
