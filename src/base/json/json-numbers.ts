/**
 * JSON whose numbers keep their spelling. A number that JavaScript would change (`12345678901234567890`,
 * `1.50`) is held as the object that `JSON.rawJSON` makes; `JSON.stringify` writes it back as it came.
 */
export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject
export type JsonObject = { [name: string]: Json }
export type RawNumber = { readonly rawJSON: string }

/** Longer parts of a text would keep all of it in memory. */
const maxPart = 12

/**
 * Reads a text that is known to be JSON, keeping the spelling of numbers. It takes a fraction of the time of
 * `JSON.parse` with a function that looks at every value.
 *
 * @param keep makes what stands for a number that JavaScript would spell otherwise
 */
export function readKeeping(text: string, keep: (source: string) => RawNumber | number): Json {
  let at = 0

  /** The code of the next character that is no blank. */
  function next(): number {
    while (text.charCodeAt(at) <= 0x20) at++
    return text.charCodeAt(at)
  }

  function value(): Json {
    switch (next()) {
      case 0x7b:
        return object()
      case 0x5b:
        return list()
      case 0x22:
        return string()
      case 0x74:
        at += 4
        return true
      case 0x66:
        at += 5
        return false
      case 0x6e:
        at += 4
        return null
      default:
        return number()
    }
  }

  function object(): JsonObject {
    const fields: JsonObject = {}
    at++
    while (next() !== 0x7d) {
      if (text.charCodeAt(at) === 0x2c) {
        at++
        next()
      }
      const name = string()
      next()
      at++
      const field = value()
      if (name === '__proto__') {
        Object.defineProperty(fields, name, {
          value: field,
          writable: true,
          enumerable: true,
          configurable: true,
        })
      } else fields[name] = field
    }
    at++
    return fields
  }

  function list(): Json[] {
    const items: Json[] = []
    at++
    while (next() !== 0x5d) {
      if (text.charCodeAt(at) === 0x2c) at++
      items.push(value())
    }
    at++
    return items
  }

  function string(): string {
    const start = at++
    let isPlain = true
    for (let code = text.charCodeAt(at); code !== 0x22; code = text.charCodeAt(at)) {
      if (code === 0x5c) {
        isPlain = false
        at++
      }
      at++
    }
    at++
    if (isPlain && at - start <= maxPart) return text.slice(start + 1, at - 1)
    return JSON.parse(text.slice(start, at)) as string
  }

  function number(): Json {
    const start = at
    while (isOfNumber(text.charCodeAt(at))) at++
    const source = text.slice(start, at)
    const read = Number(source)
    if (String(read) === source) return read
    return keep(source.length <= maxPart ? source : (JSON.parse(`"${source}"`) as string))
  }

  return value()
}

/** Digits, and `+`, `-`, `.`, `E`, `e`. */
const isOfNumber = (code: number) =>
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2b ||
  code === 0x2d ||
  code === 0x2e ||
  code === 0x45 ||
  code === 0x65
