import type { Context } from '../../../backend/context.ts'
import { fail } from '../../../base/errors.ts'
import { configRow, configs, defaultConfig, type Key, keyFolder, keys, type TransitConfig } from './record.ts'
import { rotate, rotationDue } from './versions.ts'

const nameForm = /^\w$|^\w[\w.-]*\w$/

/**
 * The name of the key in the path.
 *
 * @throws unsupported_path for a name that no key can have
 */
export function keyName({ params }: Context, parameter = 'name'): string {
  const name = params[parameter] ?? ''
  return nameForm.test(name) ? name : fail('unsupported_path')
}

export const isKeyName = (name: string) => nameForm.test(name)

export const findKey = (context: Context, name = keyName(context)): Promise<Key | undefined> =>
  context.storage.get(keys, keyFolder + name)

/** @throws invalid_request with the text where there is no such key */
export async function needKey(context: Context, missing: string, name = keyName(context)): Promise<Key> {
  return (await findKey(context, name)) ?? fail('invalid_request', missing)
}

export function putKey({ storage }: Context, name: string, key: Key): Key {
  storage.put(keys, keyFolder + name, key)
  return key
}

/** The key, rotated first where its time is over: nothing new is made by a version that should be replaced. */
export async function keyForMaking(context: Context, missing: string, name = keyName(context)): Promise<Key> {
  const key = await needKey(context, missing, name)
  const now = context.clock.now()
  return rotationDue(key, now) ? putKey(context, name, await rotate(key, name, context.random, now)) : key
}

export const wantKey = (context: Context): void => {
  context.storage.want(keys, keyFolder + (context.params.name ?? ''))
}

export const readConfig = async ({ storage }: Context): Promise<TransitConfig> =>
  (await storage.get(configs, configRow)) ?? defaultConfig
