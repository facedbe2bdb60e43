import {
  type CrossOrigin,
  crossOriginKey,
  crossOriginRecords,
  type PageHeaders,
  pageHeaderRecords,
  pageHeadersKey,
} from '../../backend/settings/web-settings.ts'
import { isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import type { RecordKind } from '../../transaction/record.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'

/** What the HTTP layer asks of the store before it answers browsers. */
export type WebSettings = {
  /** Undefined where pages of other sites get nothing, as on a sealed node. */
  crossOrigin(): Promise<CrossOrigin | undefined>
  pageHeaders(): Promise<PageHeaders['headers']>
}

/** Reads the settings as they are at each call. */
export function webSettings(ground: () => Ground): WebSettings {
  async function read<T>(kind: RecordKind<T>, key: StorageKey): Promise<T | undefined> {
    try {
      return await transact(ground, (tx) => tx.get(kind, key))
    } catch (error) {
      if (isFailure(error, 'sealed')) return undefined
      throw error
    }
  }
  return {
    crossOrigin: () => read(crossOriginRecords, crossOriginKey),
    pageHeaders: async () => (await read(pageHeaderRecords, pageHeadersKey))?.headers ?? [],
  }
}
