import type { StoredObject } from '../../backend/kv/object.ts'
import {
  dataFolder,
  headName,
  heads,
  type Metadata,
  versionName,
  versionObjects,
} from '../../backend/kv/record.ts'
import type { SecretPlace, SecretStore } from '../../backend/kv/secrets.ts'
import { fail } from '../../base/errors.ts'
import { addVersion, checkCas, deleteNewest } from './changes.ts'
import { firstVersion, isReadable, newMetadata, versionOf } from './model.ts'
import { findSecret, readConfig, removeSecret, versionObject } from './secret.ts'

export const secrets: SecretStore = {
  paths: {
    read: (path) => `data/${path}`,
    write: (path) => `data/${path}`,
    delete: (path) => `data/${path}`,
    list: (folder) => `metadata/${folder}`,
    remove: (path) => `metadata/${path}`,
    metadata: (path) => `metadata/${path}`,
  },
  list: ({ storage }, folder, options) => storage.list(dataFolder + folder, options),
  has: async (place, path) => (await findSecret(place, path)) !== undefined,
  async read(place, path) {
    const secret = await findSecret(place, path)
    if (secret === undefined) return undefined
    const { metadata } = secret
    const version = versionOf(metadata, metadata.current)
    if (version === undefined || !isReadable(version, place.now)) return undefined
    const object = await versionObject(place.storage, secret, metadata.current)
    return { object, version: metadata.current, metadata }
  },
  async write({ storage, mount, now }, path, object, cas) {
    const secret = await findSecret({ storage, mount }, path)
    const config = await readConfig(storage)
    checkCas(secret?.metadata, config, cas)
    addVersion(storage, secret ?? { path, metadata: newMetadata(now) }, config, object, now, undefined)
  },
  async delete(place, path) {
    const secret = await findSecret(place, path)
    if (secret !== undefined) deleteNewest(place.storage, secret, place.now, undefined)
  },
  async export(place, path) {
    const secret = await findSecret(place, path)
    if (secret === undefined) return undefined
    const { metadata, inline } = secret
    const numbers = numbersOf(metadata)
    if (inline !== undefined) return { metadata, objects: new Map([[1, inline]]) }
    const names = numbers.map((number) => versionName(path, number))
    const found = await place.storage.getAll(versionObjects, names)
    const objects = numbers.map((number, i): [number, StoredObject] => [number, found[i] ?? missing()])
    return { metadata, objects: new Map(objects) }
  },
  async import(place: SecretPlace, path, { metadata = firstVersion(place.now), objects }) {
    const { storage } = place
    if ((await findSecret(place, path)) !== undefined) fail('invalid_request', 'there is a secret already')
    for (const number of numbersOf(metadata)) {
      const object = objects.get(number) ?? missing()
      storage.put(versionObjects, versionName(path, number), object)
    }
    storage.put(heads, headName(path), { metadata })
  },
  async remove(place, path) {
    const secret = await findSecret(place, path)
    if (secret !== undefined) removeSecret(place.storage, secret)
  },
}

const missing = (): never => fail('corrupt', 'the data of a version is missing')

/** The versions that have data. */
const numbersOf = ({ versions, oldest }: Metadata): number[] =>
  versions.flatMap(({ destroyed }, i) => (destroyed ? [] : [oldest + i]))
