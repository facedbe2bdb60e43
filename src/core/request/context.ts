import type { Context, MountStorage, SystemContext } from '../../backend/context.ts'
import { mountPrefix } from '../../backend/mount.ts'
import { storageKey } from '../../storage/keys.ts'
import type { Transaction, Want } from '../../transaction/transaction.ts'

/** The part of a transaction below one prefix; `wants` collects what is announced. */
export function storageBelow(tx: Transaction, prefix: string, wants: Want[] = []): MountStorage {
  return {
    // No row's name ends in a slash: such a path names a folder.
    get: async (kind, name) => (isFolder(name) ? undefined : tx.get(kind, storageKey(prefix + name))),
    getAll: async (kind, names) => {
      const keys = names.map((name) => storageKey(prefix + name))
      await tx.fetch(keys.map((key) => ({ kind, key })))
      return Promise.all(keys.map((key) => tx.get(kind, key)))
    },
    put: (kind, name, record) => tx.put(kind, storageKey(prefix + name), record),
    delete: (name) => {
      if (!isFolder(name)) tx.delete(storageKey(prefix + name))
    },
    list: (folder, options) => tx.list(prefix + folder, options),
    want: (kind, name) => {
      if (!isFolder(name)) wants.push({ kind, key: storageKey(prefix + name) })
    },
    recall: (kind, name) => (isFolder(name) ? undefined : tx.recall(kind, storageKey(prefix + name))),
    below: (folder) => storageBelow(tx, prefix + folder, wants),
  }
}

const isFolder = (name: string) => name === '' || name.endsWith('/')

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
  const { warnings, ...context } = parts
  const whole = {
    ...context,
    storage: storageBelow(tx, mountPrefix(parts.mount), wants),
    warn: (text: string) => {
      warnings.push(text)
    },
  }
  // The router pairs each handler with the context that its declaration asked for.
  return (privileged === undefined ? whole : { ...whole, ...privileged, tx }) as SystemContext
}
