const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const coded = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y

/**
 * Reads the escape at a backslash of an HCL string.
 *
 * @returns undefined when there is none
 */
export function readEscape(text: string, index: number): { value: string; length: number } | undefined {
  const value = simple[text[index + 1] ?? '']
  if (value !== undefined) return { value, length: 2 }
  coded.lastIndex = index
  const match = coded.exec(text)
  if (match === null) return undefined
  const [whole, octal, ...hex] = match
  const point =
    octal === undefined
      ? Number.parseInt(hex.find((digits) => digits !== undefined) ?? '', 16)
      : Number.parseInt(octal, 8)
  const isScalar = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
  return isScalar ? { value: String.fromCodePoint(point), length: whole.length } : undefined
}
