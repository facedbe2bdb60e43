import { CofferError, type ErrorCode, errorCodes } from '../../base/errors.ts'

/*
 * What the processes of one node say to each other. They are one program of one start, over channels that nobody
 * else holds: what comes is taken as it is meant.
 */

/** Which workers a call goes to: the one that keeps the shares, all but the asker, or one by its number. */
export type Target = 'lead' | 'others' | number

/** A worker to its primary: have something done by others. */
export type Ask = {
  readonly coffer: 'ask'
  readonly id: number
  readonly to: Target | 'primary'
  readonly name: string
  readonly args: readonly unknown[]
  /** One of the others that fails at it or does not answer in time cannot go on beside them: it is ended. */
  readonly must: boolean
}
/** The primary to a worker: do it. */
export type CarryOut = {
  readonly coffer: 'carry-out'
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}
/** A worker to its primary: done. */
export type Done = { readonly coffer: 'done'; readonly id: number; readonly outcome: Outcome }
/** The primary to the worker that asked. */
export type Answer = { readonly coffer: 'answer'; readonly id: number; readonly outcomes: readonly Outcome[] }

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly text: string }

export type Message = Ask | CarryOut | Done | Answer

/** Whether a message on the channel is one of these; the runtime's own go by beside them. */
export const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'coffer' in message

export function failure(error: unknown): Outcome {
  if (error instanceof CofferError) return { ok: false, code: error.code, text: error.message }
  return { ok: false, code: 'internal', text: '' }
}

/** @throws whatever the other process failed with */
export function result(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.value
  throw new CofferError(errorCodes.includes(outcome.code) ? outcome.code : 'internal', outcome.text)
}

/** Zeroes all bytes in what was handed on: keys and shares stay nowhere that they only passed through. */
export function wipe(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0)
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) wipe(one)
}
