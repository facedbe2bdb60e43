import { type Action, type Fields, unsaidFields } from '../command/action.ts'

/** @param ttl seconds */
export function linkAction(names: readonly string[], ttl: number): Action {
  const request = {
    method: 'POST',
    path: 'sys/wrapping/wrap',
    body: unsaidFields(names),
    wrapTtl: ttl,
  } as const
  return { request }
}

/** @param wish with its name, seconds, and uses as they are told to people */
export function lockerAction(
  names: readonly string[],
  { name, ttl, uses }: { readonly name: string; readonly ttl: number; readonly uses: number },
): Action {
  const data = unsaidFields(names)
  // Filling it takes one.
  const token: Fields = { policies: ['default'], ttl: `${ttl}s`, num_uses: uses + 1, renewable: false }
  return {
    request: [
      {
        method: 'POST',
        path: 'auth/token/create',
        body: token,
        keep: { variable: 'LOCKER', filter: '.auth.client_token' },
      },
      { method: 'POST', path: `cubbyhole/${name}`, body: data, by: 'LOCKER' },
    ],
    coffer: [
      {
        command: 'token create',
        flags: [
          '-field=token',
          '-policy=default',
          `-ttl=${ttl}s`,
          `-use-limit=${uses + 1}`,
          '-renewable=false',
        ],
        keep: 'LOCKER',
      },
      { command: 'write', args: [`cubbyhole/${name}`], data, by: 'LOCKER' },
    ],
  }
}
