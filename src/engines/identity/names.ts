import { fail } from '../../base/errors.ts'

/** Names are looked up by digest, so they may hold any letter; they are bounded and printable all the same. */
export function checkedName(name: string, what: string): string {
  if (name === '') fail('invalid_request', `missing ${what} name`)
  if (Buffer.byteLength(name) > 512) fail('invalid_request', `the ${what} name is longer than 512 bytes`)
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    fail('invalid_request', `the ${what} name holds a character that cannot be printed`)
  }
  return name
}

const maxMetadata = 64
const maxMetadataBytes = 16 * 1024

export function checkedMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (metadata === undefined) return undefined
  if (Object.keys(metadata).length > maxMetadata)
    fail('invalid_request', `metadata may have at most ${maxMetadata} keys`)
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) {
    fail('invalid_request', `metadata may have at most ${maxMetadataBytes} bytes`)
  }
  return metadata
}

/** Ids are UUIDs; anything else names nothing. */
export const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
