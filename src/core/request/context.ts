import type { Context, SystemContext } from '../../backend/context.ts'
import { mountPrefix } from '../../backend/mounts/mount.ts'
import { storageBelow } from '../../backend/storage.ts'
import type { Transaction, Want } from '../../transaction/transaction.ts'

export type ContextParts = Omit<Context, 'storage' | 'warn' | 'ttl'> & {
  readonly ttl: Context['ttl']
  readonly warnings: string[]
}

/**
 * What a handler gets. Ordinary backends see it as {@link Context}, which does not name the transaction;
 * the server's own backends see it as {@link SystemContext}.
 */
export function handlerContext(
  tx: Transaction,
  parts: ContextParts,
  privileged: Pick<SystemContext, 'sentToken' | 'subrequests'> | undefined,
  wants: Want[],
): SystemContext {
  const { request, params, mount, ttl, caller, standIn, clock, random, warnings } = parts
  const whole = {
    request,
    params,
    mount,
    ttl,
    caller,
    standIn,
    clock,
    random,
    storage: storageBelow(tx, mountPrefix(mount), wants),
    warn: (text: string) => {
      warnings.push(text)
    },
  }
  // The router pairs each handler with the context that its declaration asked for.
  return (privileged === undefined ? whole : { ...whole, ...privileged, tx }) as SystemContext
}
