import { isRawNumber, type Json } from '../../base/json/json.ts'

/** `hmac-sha256:` and 64 digits, with quotation marks and a comma. */
const hashed = 79
/** Numbers, `true`, `null`, brackets. */
const plain = 8

/**
 * Whether the masked text of a value takes more than `most` characters, leaving out what escapes add. Stops
 * looking as soon as it does.
 *
 * @param isClear whether strings under a name stay as they are
 * @param elides whether the names in the top-level `keys` and `key_info` are only counted
 */
export function exceeds(
  json: Json,
  most: number,
  isClear: (name: string) => boolean,
  elides: boolean,
): boolean {
  let left = most

  function take(value: Json, clear: boolean): void {
    if (typeof value === 'string') left -= clear ? value.length : hashed
    else if (typeof value !== 'object' || value === null) left -= plain
    else if (isRawNumber(value)) left -= value.rawJSON.length + 1
    else {
      left -= plain
      if (Array.isArray(value)) takeList(value, clear)
      else takeFields(value)
    }
  }

  function takeList(list: readonly Json[], clear: boolean): void {
    for (const item of list) {
      take(item, clear)
      if (left < 0) return
    }
  }

  function takeFields(fields: { readonly [name: string]: Json }, skips = false): void {
    for (const name in fields) {
      left -= name.length + 4
      if (!skips || (name !== 'keys' && name !== 'key_info')) take(fields[name] as Json, isClear(name))
      if (left < 0) return
    }
  }

  if (elides && typeof json === 'object' && json !== null && !Array.isArray(json) && !isRawNumber(json)) {
    takeFields(json, true)
  } else take(json, isClear(''))
  return left < 0
}
