import { fail } from '../../base/errors.ts'

export const kinds = ['auth', 'database', 'secret'] as const

/** @throws invalid_request */
export const kindOf = (text: string): (typeof kinds)[number] =>
  kinds.find((kind) => kind === text) ?? fail('invalid_request', `the kind is one of ${kinds.join(', ')}`)
