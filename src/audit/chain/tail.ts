import type { Head } from './chain.ts'
import type { ChainKeys } from './keys.ts'
import {
  isFragment,
  isMacRight,
  isSignatureRight,
  type Link,
  lineHash,
  lineTime,
  noHash,
  parseLink,
  type Start,
} from './line.ts'

/** An open file, as far as looking at its end needs it. */
export type TailSource = {
  readonly size: number
  /** Bytes from `from` to the end. */
  read(from: number): Promise<Buffer>
}

/** What a new segment stands on. */
export type Ground = {
  readonly prev: string
  readonly found: Pick<Start, 'after' | 'torn' | 'unconfirmed' | 'changed' | 'lost'>
  readonly isNewFile: boolean
  /** Whether the file does not end in a line feed. */
  readonly isOpenEnded: boolean
}

const firstSpan = 256 * 1024
/** A checkpoint is written at least every 16 MiB, so the last one is never further back than this. */
const maxSpan = 64 * 1024 * 1024

type Line = { readonly bytes: Buffer; readonly text: string; readonly link: Link | undefined }

/**
 * Looks at the end of a file before a new segment is added to it: what the last line is, whether all lines
 * since the last signed one hold together, and whether the end that storage knows of is there.
 *
 * @param recorded the last head that went into storage
 */
export async function inspectTail(
  source: TailSource,
  keys: ChainKeys,
  recorded: Head | undefined,
): Promise<Ground> {
  const nothing = {
    prev: recorded?.hash ?? noHash,
    found: recorded === undefined ? {} : { after: { segment: recorded.segment, seq: recorded.seq } },
  }
  if (source.size === 0) return { ...nothing, isNewFile: true, isOpenEnded: false }
  const { lines, isOpenEnded } = await lastLines(source)
  const torn = takeFragments(lines)
  const tornPart = torn.length > 0 ? { torn } : {}
  const last = lines.at(-1)
  if (last === undefined) {
    return { prev: nothing.prev, found: { ...nothing.found, ...tornPart }, isNewFile: false, isOpenEnded }
  }
  const { changed, unconfirmed, signed } = checkLines(lines, keys)
  const seq = lines.findLast(({ link }) => link !== undefined)?.link?.seq ?? 0
  const isLost = recorded !== undefined && isBehind(signed, seq, recorded)
  return {
    isNewFile: false,
    isOpenEnded,
    prev: lineHash(last.bytes),
    found: {
      ...(signed?.link?.segment === undefined ? {} : { after: { segment: signed.link.segment, seq } }),
      ...tornPart,
      ...(unconfirmed > 0 ? { unconfirmed } : {}),
      ...(changed || isReplaced(signed, recorded) ? { changed: true } : {}),
      ...(isLost ? { lost: { segment: recorded.segment, seq: recorded.seq } } : {}),
    },
  }
}

/** The lines from the last signed one on, or all there are; the last of them may lack its line feed. */
async function lastLines(source: TailSource): Promise<{ lines: Line[]; isOpenEnded: boolean }> {
  for (let span = firstSpan; ; span *= 4) {
    const from = Math.max(0, source.size - span)
    const bytes = await source.read(from)
    const isOpenEnded = bytes.at(-1) !== 0x0a
    const lines: Line[] = []
    let isFound = false
    for (let end = isOpenEnded ? bytes.length : bytes.length - 1; end >= 0 && !isFound; ) {
      const begin = end === 0 ? 0 : bytes.lastIndexOf(0x0a, end - 1) + 1
      // The first piece may be the rest of a line.
      if (begin === 0 && from > 0) break
      const line = toLine(bytes.subarray(begin, end))
      lines.push(line)
      isFound = line.link?.sig !== undefined
      end = begin - 1
    }
    if (isFound || from === 0 || span >= maxSpan) return { lines: lines.reverse(), isOpenEnded }
  }
}

/** Takes the unfinished lines off the end: what crashes and a full disk leave. */
function takeFragments(lines: Line[]): number[] {
  const lengths: number[] = []
  for (let last = lines.at(-1); last !== undefined && isFragment(last.text); last = lines.at(-1)) {
    lengths.unshift(last.bytes.length)
    lines.pop()
  }
  return lengths
}

function toLine(bytes: Buffer): Line {
  const text = bytes.toString()
  return { bytes, text, link: parseLink(text) }
}

function checkLines(
  lines: readonly Line[],
  keys: ChainKeys,
): { changed: boolean; unconfirmed: number; signed: Line | undefined } {
  const first = lines[0] as Line
  // A log of another server without chains: nothing to check, and its last line is named all the same.
  if (lines.every(({ link }) => link === undefined))
    return { changed: false, unconfirmed: 0, signed: undefined }
  const signed = first.link?.sig === undefined ? undefined : first
  let changed = signed?.link === undefined || !isSignatureRight(keys.public, signed.text, signed.link)
  let unconfirmed = 0
  for (let i = 1; i < lines.length; i++) {
    const { text, link } = lines[i] as Line
    const before = lines[i - 1] as Line
    if (link?.prev !== lineHash(before.bytes) || link.seq !== (before.link?.seq ?? 0) + 1) changed = true
    else if (link.mac === undefined) unconfirmed++
    else if (isMacRight(keys.mac, text, link)) unconfirmed = 0
    else changed = true
  }
  return { changed, unconfirmed, signed }
}

/** Whether the file ends before the head that storage knows of. */
function isBehind(signed: Line | undefined, seq: number, recorded: Head): boolean {
  if (signed?.link === undefined) return true
  // The clock never goes back, so of two signed lines the later one has the later time.
  return signed.link.segment === recorded.segment ? seq < recorded.seq : lineTime(signed.text) < recorded.time
}

/** Whether the file has another line in the recorded one's place. */
function isReplaced(signed: Line | undefined, recorded: Head | undefined): boolean {
  const link = signed?.link
  if (signed === undefined || link === undefined || recorded === undefined) return false
  return (
    link.segment === recorded.segment && link.seq === recorded.seq && lineHash(signed.bytes) !== recorded.hash
  )
}
