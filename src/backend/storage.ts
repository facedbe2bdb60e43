import { storageKey } from '../storage/keys.ts'
import type { ListOptions } from '../storage/store.ts'
import type { RecordKind } from '../transaction/record.ts'
import type { Transaction, Want } from '../transaction/transaction.ts'
import type { MountStorage } from './context.ts'

/** The part of a transaction below one prefix; `wants` collects what is announced. */
export function storageBelow(tx: Transaction, prefix: string, wants: Want[] = []): MountStorage {
  return new StorageBelow(tx, prefix, wants)
}

/** A class, since every request has one: nine functions apiece would be a good part of what it leaves to collect. */
class StorageBelow implements MountStorage {
  readonly #tx: Transaction
  readonly #prefix: string
  readonly #wants: Want[]

  constructor(tx: Transaction, prefix: string, wants: Want[]) {
    this.#tx = tx
    this.#prefix = prefix
    this.#wants = wants
  }

  get<T>(kind: RecordKind<T>, name: string): Promise<T | undefined> {
    return isFolder(name) ? Promise.resolve(undefined) : this.#tx.get(kind, this.#key(name))
  }

  async getAll<T>(kind: RecordKind<T>, names: readonly string[]): Promise<readonly (T | undefined)[]> {
    const keys = names.map((name) => this.#key(name))
    await this.#tx.fetch(keys.map((key) => ({ kind, key })))
    return Promise.all(keys.map((key) => this.#tx.get(kind, key)))
  }

  put<T>(kind: RecordKind<T>, name: string, record: T): void {
    this.#tx.put(kind, this.#key(name), record)
  }

  delete(name: string): void {
    if (!isFolder(name)) this.#tx.delete(this.#key(name))
  }

  list(folder: string, options?: ListOptions) {
    return this.#tx.list(this.#prefix + folder, options)
  }

  want<T>(kind: RecordKind<T>, name: string): void {
    if (!isFolder(name)) this.#wants.push({ kind, key: this.#key(name) })
  }

  recall<T>(kind: RecordKind<T>, name: string): T | undefined {
    return isFolder(name) ? undefined : this.#tx.recall(kind, this.#key(name))
  }

  below(folder: string): MountStorage {
    return new StorageBelow(this.#tx, this.#prefix + folder, this.#wants)
  }

  #key(name: string) {
    return storageKey(this.#prefix + name)
  }
}

/** No row's name ends in a slash: such a path names a folder. */
const isFolder = (name: string) => name === '' || name.endsWith('/')
