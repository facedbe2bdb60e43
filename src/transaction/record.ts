import { fail } from '../base/errors.ts'
import { parseRecord } from '../base/json/json.ts'

/**
 * How one kind of row turns into bytes and back. Parsed records are cached and shared between requests, so
 * their types are readonly throughout.
 */
export type RecordKind<T> = {
  readonly name: string
  encode(record: T): Uint8Array
  /** @throws corrupt when the bytes are no such record */
  parse(bytes: Uint8Array): T
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Records kept as JSON text. The bytes are our own and authenticated by the barrier. */
export function jsonRecord<T>(name: string): RecordKind<T> {
  return {
    name,
    encode: (record) => Buffer.from(JSON.stringify(record)),
    parse: (bytes) => {
      try {
        // The barrier proved that we wrote these bytes, so they have the shape that T says.
        return parseRecord(decoder.decode(bytes)) as T
      } catch (cause) {
        fail('corrupt', `a stored ${name} does not parse`, { cause })
      }
    },
  }
}
