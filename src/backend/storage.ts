import { storageKey } from '../storage/keys.ts'
import type { Transaction, Want } from '../transaction/transaction.ts'
import type { MountStorage } from './context.ts'

/** The part of a transaction below one prefix; `wants` collects what is announced. */
export function storageBelow(tx: Transaction, prefix: string, wants: Want[] = []): MountStorage {
  return {
    // No row's name ends in a slash: such a path names a folder.
    get: (kind, name) =>
      isFolder(name) ? Promise.resolve(undefined) : tx.get(kind, storageKey(prefix + name)),
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
