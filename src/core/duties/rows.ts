import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** Below it lie rows whose versions mean something, so that nobody but their owner rewrites them. */
export const dutyPrefix = 'cluster/duty/'

/** Who has a duty, since when (milliseconds since 1970). Changes only when it is taken over. */
export type Epoch = { readonly number: number; readonly process: string; readonly since: number }

export const epochs = jsonRecord<Epoch>('duty epoch')
export const epochKey = (duty: string) => `${dutyPrefix}${duty}/epoch` as StorageKey

/** Written again and again by who has the duty; missing when it was given back. */
export const beats = jsonRecord<{ readonly epoch: number }>('duty beat')
export const beatKey = (duty: string) => `${dutyPrefix}${duty}/beat` as StorageKey
