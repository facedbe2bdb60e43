import type { StoredObject } from '../../backend/kv/object.ts'
import { dataFolder, headName, heads } from '../../backend/kv/record.ts'
import type { SecretPlace, SecretStore } from '../../backend/kv/secrets.ts'
import { fail } from '../../base/errors.ts'

export async function findObject(
  { storage }: Pick<SecretPlace, 'storage'>,
  path: string,
): Promise<StoredObject | undefined> {
  const head = await storage.get(heads, headName(path))
  // Metadata is there once the mount keeps versions, and then another engine serves it.
  return head !== undefined && 'json' in head ? head : undefined
}

const same = (path: string) => path

export const secrets: SecretStore = {
  paths: { read: same, write: same, delete: same, list: same, remove: same },
  list: ({ storage }, folder, options) => storage.list(dataFolder + folder, options),
  has: async (place, path) => (await findObject(place, path)) !== undefined,
  async read(place, path) {
    const object = await findObject(place, path)
    return object && { object, version: 0 }
  },
  async write({ storage }, path, object, cas) {
    if (cas !== undefined) fail('invalid_request', 'check-and-set needs an engine that keeps versions')
    storage.put(heads, headName(path), object)
  },
  async delete({ storage }, path) {
    storage.delete(headName(path))
  },
  async export(place, path) {
    const object = await findObject(place, path)
    return object && { objects: new Map([[1, object]]) }
  },
  async import(place, path, { metadata, objects }) {
    const [object] = objects.values()
    if (metadata !== undefined || objects.size !== 1 || object === undefined) {
      fail('invalid_request', 'a mount of version 1 takes no secret with versions')
    }
    if ((await findObject(place, path)) !== undefined) fail('invalid_request', 'there is a secret already')
    place.storage.put(heads, headName(path), object)
  },
  async remove({ storage }, path) {
    storage.delete(headName(path))
  },
}
