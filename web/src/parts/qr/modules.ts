import { encodeQR } from 'qr'

/** UTF-8 bytes, at most: more make squares that are too small for a phone to tell apart on a screen. */
export const mostBytes = 1000
/** White squares around the code without which no scanner finds it (ISO/IEC 18004). */
const quietZone = 4

export type QrCode = {
  /** Squares of a side, with the quiet zone. */
  readonly size: number
  /** The dark squares as the path of an SVG, one unit each. */
  readonly path: string
}

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** @returns undefined for what is too long, empty, or no text that has bytes */
export function qrOf(text: string): QrCode | undefined {
  const bytes = bytesOf(text)
  if (bytes === 0 || bytes > mostBytes || !text.isWellFormed()) return undefined
  const rows = encodeQR(text, 'raw', { border: quietZone, ecc: bytes > 300 ? 'low' : 'medium' })
  return { size: rows.length, path: rows.map(pathOfRow).join('') }
}

function pathOfRow(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; ) {
    let end = x
    while (row[end] === true) end++
    if (end > x) path += `M${x} ${y}h${end - x}v1h${x - end}z`
    x = end + 1
  }
  return path
}
