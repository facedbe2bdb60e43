import type { Allowed } from '../../api/allowed.ts'

export type Way = 'link' | 'locker'

/** The ways to share that somebody may take, the usual one first. */
export const waysFor = (allowed: Allowed): Way[] => [
  ...(allowed('sys/wrapping/wrap', 'update') ? (['link'] as const) : []),
  ...(allowed('auth/token/create', 'create', 'update') ? (['locker'] as const) : []),
]
