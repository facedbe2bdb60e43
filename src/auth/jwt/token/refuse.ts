import { fail } from '../../../base/errors.ts'

/** Refuses a token. The text says why and holds nothing of the token but names of claims. */
export function refuse(reason: string): never {
  fail('invalid_request', `error validating token: ${reason}`)
}

/** Refuses a token whose signature cannot be trusted. */
export function refuseSignature(reason: string): never {
  refuse(`error verifying token signature: ${reason}`)
}

/** A name out of a token or a role, as a text may show it. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)
}
