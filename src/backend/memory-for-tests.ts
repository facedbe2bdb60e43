import type { RecordKind } from '../transaction/record.ts'
import type { MountStorage } from './context.ts'

/** Rows of one mount that no store holds. */
export function rowsInMemory(): MountStorage {
  const rows = new Map<string, Uint8Array>()
  const storage: MountStorage = {
    async get<T>(kind: RecordKind<T>, name: string) {
      const bytes = rows.get(name)
      return bytes === undefined ? undefined : kind.parse(bytes)
    },
    put: (kind, name, record) => rows.set(name, kind.encode(record)),
    delete: (name) => rows.delete(name),
    async list(folder) {
      const names = [...rows.keys()]
        .filter((name) => name.startsWith(folder))
        .map((name) => name.slice(folder.length))
      return { names: names.sort(), more: false }
    },
    want: () => {},
    recall: () => undefined,
    getAll: (kind, names) => Promise.all(names.map((name) => storage.get(kind, name))),
    below: () => storage,
  }
  return storage
}
