import type { FileHandle } from 'node:fs/promises'
import { lineTime } from '../check/link.ts'
import { type LineFilter, passes } from './filter.ts'
import { linesBack } from './lines.ts'

/** A line of a log; `text` is absent where it is longer than is shown. */
export type PageLine = { readonly offset: number; readonly size: number; readonly text: string | undefined }

export type Page = {
  /** The newest first. */
  readonly lines: readonly PageLine[]
  /** What the next page begins before; absent at the beginning of the log, or where nothing older is asked for. */
  readonly next: number | undefined
  /** Bytes that were looked at. */
  readonly looked: number
}

export type PageLimits = {
  readonly lines: number
  /** Bytes that one page looks at … */
  readonly looked?: number
  /** … and shows. */
  readonly shown?: number
}

/** A line as it may be seen; filters look at that alone. */
export type Seen = (line: string) => string

/** Bytes that one page looks at … */
const maxLooked = 32 * 1024 * 1024
/** … and shows in all, and of one line. */
const maxShown = 1024 * 1024
const maxLineShown = 64 * 1024
/** Lines are in the order of time but for those of a clock that ran back. */
const slack = 60_000

/**
 * One page of a log, from its end or from where an earlier page left off. Bounded in what it reads and shows: a
 * page may be empty and still have a next one.
 *
 * @param end bytes of the file, or the `next` of the page before
 */
export async function readPage(
  handle: FileHandle,
  end: number,
  filter: LineFilter,
  { lines: most, looked: mostLooked = maxLooked, shown: mostShown = maxShown }: PageLimits,
  seen: Seen = (line) => line,
): Promise<Page> {
  const lines: PageLine[] = []
  let shown = 0
  let last = end
  for await (const { offset, size, bytes } of linesBack(handle, end)) {
    const text = bytes === undefined ? undefined : seen(bytes.toString())
    if (filter.from !== undefined && text !== undefined && Date.parse(lineTime(text)) < filter.from - slack) {
      return { lines, next: undefined, looked: end - offset }
    }
    if (text === undefined ? isEmpty(filter) : passes(filter, text)) {
      const isShown = size <= maxLineShown
      if (shown + (isShown ? size : 0) > mostShown) return { lines, next: last, looked: end - last }
      shown += isShown ? size : 0
      lines.push({ offset, size, text: isShown ? text : undefined })
    }
    last = offset
    if (offset > 0 && (lines.length >= most || end - offset >= mostLooked)) {
      return { lines, next: offset, looked: end - offset }
    }
  }
  return { lines, next: undefined, looked: end }
}

const isEmpty = (filter: LineFilter): boolean => Object.values(filter).every((wanted) => wanted === undefined)
