/** Base64 that was decoded, or where it is none: the index of the first byte that does not fit. */
export type Decoded = { readonly bytes: Buffer; readonly at?: undefined } | { readonly at: number }

const plain = /^[A-Za-z0-9+/]*={0,2}$/
const lineBreaks = /[\r\n]/g

/**
 * Decodes base64 with its padding (RFC 4648 §4), strictly: Node's decoder passes over whatever it does not know.
 * Line breaks may stand anywhere.
 */
export function decodeBase64(text: string): Decoded {
  if (text.length % 4 === 0 && plain.test(text)) return { bytes: Buffer.from(text, 'base64') }
  const at = firstFault(Buffer.from(text))
  return at === undefined ? { bytes: Buffer.from(text.replace(lineBreaks, ''), 'base64') } : { at }
}

const padding = 0x3d

const isLetter = (byte: number) =>
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x2f && byte <= 0x39) ||
  byte === 0x2b

/** Where the text stops being base64; a group of four that is cut short is at fault from its beginning. */
function firstFault(text: Buffer): number | undefined {
  let at = 0
  const skip = () => {
    while (text[at] === 0x0a || text[at] === 0x0d) at++
  }
  for (;;) {
    let letters = 0
    while (letters < 4) {
      skip()
      const byte = text[at]
      if (byte === undefined) return letters === 0 ? undefined : at - letters
      if (byte === padding && letters >= 2) break
      if (!isLetter(byte)) return at
      at++
      letters++
    }
    if (letters === 4) continue
    at++
    skip()
    if (letters === 2) {
      if (text[at] === undefined) return at
      if (text[at] !== padding) return at - 1
      at++
      skip()
    }
    return at < text.length ? at : undefined
  }
}
