const begin = '-----BEGIN '
const end = '-----END '
const close = '-----'
/** No label of RFC 7468 is longer. */
const maxLabel = 64

/** A block of PEM text, marks and all. */
export type PemBlock = { readonly label: string; readonly text: string }

/**
 * Finds the blocks of a text (RFC 7468), each from its begin to the first end behind it; what names another label
 * there is none. Looks at each character a few times at most.
 */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let stop = -1
  for (let start = text.indexOf(begin); start >= 0; ) {
    const behind = start + begin.length
    if (stop < behind) stop = text.indexOf(end, behind)
    if (stop < 0) break
    const label = labelAt(text, behind)
    const last = stop + end.length + (label?.length ?? 0) + close.length
    const isBlock =
      label !== undefined && text.slice(stop, last) === end + label + close && behind + label.length < stop
    if (isBlock) blocks.push({ label, text: text.slice(start, last) })
    start = text.indexOf(begin, isBlock ? last : behind)
  }
  return blocks
}

function labelAt(text: string, at: number): string | undefined {
  const line = text.slice(at, at + maxLabel + close.length)
  const length = line.indexOf(close)
  const label = line.slice(0, length)
  return length > 0 && /^[A-Z0-9 ]+$/.test(label) ? label : undefined
}
