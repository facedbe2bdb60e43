import { type Link, lineTime, noHash, type Start } from './link.ts'

/** A signed line, by which the end of a log can be checked later. */
export type Head = {
  readonly segment: string
  readonly seq: number
  /** SHA-256 of that line, hexadecimal. */
  readonly hash: string
  /** RFC 3339. */
  readonly time: string
}

export type FindingKind =
  | 'changed' // a line is not the one that the next line was linked to
  | 'removed' // lines are missing
  | 'inserted' // a line that does not belong to the log
  | 'duplicated' // a line that was there before
  | 'reordered' // a line stands later than it was written
  | 'recomputed' // a signature does not hold: lines before it were changed and linked anew
  | 'unknown_key' // signed with another key
  | 'cut_off' // the end is missing
  | 'unfinished' // the last line is not whole
  | 'reported' // the server itself found, when it opened the file, that its end was changed or missing

/** What is wrong, and where. Lines count from 1. */
export type Finding = {
  readonly file: string
  readonly line: number
  readonly kind: FindingKind
  readonly text: string
}

/** One process's chain of lines, as far as it lies in the files. */
export type SegmentSummary = {
  readonly segment: string
  readonly file: string
  readonly line: number
  readonly start: Start | undefined
}

export type Verification = {
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** Findings beyond the first {@link maxFindings}. */
  readonly more: number
  readonly lines: number
  readonly segments: readonly SegmentSummary[]
  readonly signatures: number
  /**
   * Lines that no signature covers: at the end, where it may still come, and at the end of a file after which the log
   * went on from an earlier, signed line. They are linked, but whoever may write the file could redo that.
   */
  readonly unsigned: number
  /** Unfinished lines that the next segment names: what a crash leaves. */
  readonly torn: readonly { readonly file: string; readonly line: number; readonly bytes: number }[]
  /** Lines before the first chain, such as another server's. */
  readonly unchained: number
  /** Where the first file takes up: absent when it is the very beginning of the log. */
  readonly continues: { readonly segment: string; readonly seq: number } | undefined
  /** The last signed line: keep it, and pass it as `head` the next time. */
  readonly head: Head | undefined
}

export type CheckOptions = {
  /** Names the public key. */
  readonly keyId: string
  /** A head seen earlier, which the log must reach. */
  readonly head?: Pick<Head, 'segment' | 'seq' | 'hash'> | undefined
  /** What is checked begins somewhere within a log, and says where. */
  readonly isPart?: boolean | undefined
}

/** A line with what cryptography says of it, which is not the same everywhere. */
export type Examined = {
  /** Without its line feed; bytes. */
  readonly size: number
  readonly text: string
  /** Of {@link text}, as `parseLink` reads it. */
  readonly link: Link | undefined
  /** SHA-256, hexadecimal. */
  readonly hash: string
  /** Whether the signature that it has holds. */
  readonly isSigned?: boolean | undefined
  /** Whether the confirmation that it has holds; undefined where that cannot be told. */
  readonly isConfirmed?: boolean | undefined
}

export const maxFindings = 1000
/** Hashes of lines that are remembered to tell a copy from a line that was moved. */
const maxRecent = 100_000

/** Lines without a link that are held back until the next line tells what they are. */
const maxOdd = 1000
const foreign = 'this line does not belong to the log'

type Place = { readonly file: string; readonly line: number }
type Odd = { readonly length: number; readonly hash: string; readonly place: Place }

/** Places of the last lines by hash. Two generations: to drop the oldest of a large Map is slow. */
function createRecent() {
  let young = new Map<string, Place>()
  let old = new Map<string, Place>()
  return {
    get: (hash: string): Place | undefined => young.get(hash) ?? old.get(hash),
    set(hash: string, place: Place): void {
      if (young.size >= maxRecent / 2) {
        old = young
        young = new Map()
      }
      young.set(hash, place)
    },
  }
}

/** Checks lines one after another; see `../chain/verify.ts` for what it finds. Runs in browsers as well. */
export function createChecker({ keyId: ownKey, head, isPart = false }: CheckOptions) {
  const findings: Finding[] = []
  const segments: SegmentSummary[] = []
  const torn: { file: string; line: number; bytes: number }[] = []
  const recent = createRecent()
  /** Numbers of missing lines, until one of them turns up later. */
  const missing = new Set<number>()
  let place = { file: '', line: 0 }
  let more = 0
  let lines = 0
  let signatures = 0
  let unsigned = 0
  /** Those of `unsigned` that no later signature can cover. */
  let uncovered = 0
  let unchained = 0
  let continues: { segment: string; seq: number } | undefined
  let last: { hash: string; seq: number; place: Place } | undefined
  let lastSigned: (Head & { place: Place }) | undefined
  /** A line without a link: torn, foreign or spoilt; the next one tells. */
  let odd: Odd[] = []
  let isFirstOfFile = true
  let isHeadSeen = false

  function find(kind: FindingKind, text: string, at: Place = place): void {
    if (findings.length < maxFindings) findings.push({ ...at, kind, text })
    else more++
  }

  function line(examined: Examined): void {
    place = { file: place.file, line: place.line + 1 }
    lines++
    const { link, hash } = examined
    if (link === undefined) holdOdd(examined)
    else {
      const original = recent.get(hash)
      // After a copy the chain goes on where it was.
      if (original !== undefined)
        find('duplicated', `this line is a copy of line ${original.line} of ${original.file}`)
      else {
        if (link.start !== undefined) checkStart(link, link.start)
        else checkLink(link)
        accept(examined, link)
      }
    }
  }

  function holdOdd({ size, hash }: Examined): void {
    odd.push({ length: size, hash, place })
    if (last === undefined && odd.length > maxOdd) {
      // What another server wrote before the chain is of no interest line by line.
      odd.shift()
      unchained++
    } else if (odd.length > maxOdd) {
      find('inserted', foreign, odd.shift()?.place)
    }
  }

  function checkLink(link: Link): void {
    const strange = takeOdd()
    if (last === undefined) {
      for (const { place } of strange) find('inserted', foreign, place)
      if (!link.opens && !isPart) {
        find(
          'removed',
          `the log begins in the middle of a chain, at its line ${link.seq}: what was before is missing`,
        )
      } else continues = { segment: link.segment ?? '', seq: link.seq - 1 }
      return
    }
    const expected = last.seq + 1
    if (strange.length > 0 && link.seq === expected + strange.length) {
      for (const { place } of strange)
        find('changed', 'this line was changed: it is no line of the log any more', place)
      return
    }
    for (const { place } of strange) find('inserted', foreign, place)
    if (link.seq === expected) {
      if (link.prev !== last.hash) {
        find(
          'changed',
          `this line was changed after it was written, or its successor in line ${place.line} was`,
          last.place,
        )
      }
    } else if (link.prev === last.hash) {
      find('changed', `this line calls itself line ${link.seq} of the chain, and is line ${expected}`)
    } else if (link.seq > expected) findMissing(expected, link.seq - 1)
    else findEarlier(link, expected)
  }

  function findMissing(from: number, to: number): void {
    const count = to - from + 1
    if (count <= maxOdd) for (let seq = from; seq <= to; seq++) missing.add(seq)
    find(
      'removed',
      `${count === 1 ? `line ${from} of the chain is` : `lines ${from} to ${to} of the chain are`} missing before this line`,
    )
  }

  function findEarlier(link: Link, expected: number): void {
    const before = recent.get(link.prev)
    if (missing.delete(link.seq)) {
      find('reordered', `line ${link.seq} of the chain stands here, after line ${expected - 1}`)
    } else if (before !== undefined) {
      find(
        'inserted',
        `line ${before.line} of ${before.file} comes before this line: what is between them does not belong to the log`,
      )
    } else
      find(
        'removed',
        `line ${link.seq} of a chain stands where line ${expected} should: lines between them are missing`,
      )
  }

  /** The first line of a segment must name the line before it, signed. */
  function checkStart(link: Link, start: Start): void {
    const strange = takeOdd()
    const before = takeTorn(strange, start.torn ?? [])
    const lastOdd = before.at(-1)
    const prev = lastOdd === undefined ? last?.hash : lastOdd.hash
    if (last === undefined) {
      unchained += before.length
      checkBeginning(link, start, prev, strange.length === 0)
    } else if (link.prev !== prev && !isAfterSigned(link)) {
      find(
        'removed',
        `this segment was started after another line than the one before it: lines are missing or were changed`,
      )
    } else {
      for (const { place } of before) find('inserted', foreign, place)
      if (link.prev !== prev) {
        uncovered += unsigned
        unsigned = 0
      }
    }
    missing.clear()
    segments.push({ segment: link.segment ?? '', ...place, start })
    if (start.changed)
      find('reported', 'when the server opened the file, lines before this one had been changed')
    if (start.lost) {
      find(
        'reported',
        `when the server opened the file, its end was missing, up to line ${start.lost.seq} of ${start.lost.segment}`,
      )
    }
  }

  /** The unfinished lines that a segment names, off the end of the lines without a link before it. */
  function takeTorn(strange: Odd[], lengths: readonly number[]): Odd[] {
    const fragments = strange.slice(strange.length - lengths.length)
    if (fragments.length !== lengths.length || fragments.some(({ length }, i) => length !== lengths[i])) {
      find('changed', 'the unfinished line before this one was changed or removed')
      return strange
    }
    for (const { place, length } of fragments) torn.push({ ...place, bytes: length })
    return strange.slice(0, strange.length - lengths.length)
  }

  /** The first segment of the first file stands on what another server wrote, or on an earlier file. */
  function checkBeginning(link: Link, { after }: Start, prev: string | undefined, isFirst: boolean): void {
    if (isPart && prev === undefined) continues = after
    else if (prev !== undefined) {
      if (prev !== link.prev)
        find('changed', 'the lines before the chain are not those that it was started on')
    } else if (isFirst && !link.opens) {
      find('removed', 'this segment was started in a file that held lines: they are missing')
    } else if (link.prev !== noHash) continues = after ?? { segment: '', seq: 0 }
  }

  /** A new file is linked to the last signed line that was recorded, when the old one is out of reach. */
  const isAfterSigned = (link: Link) => link.opens && isFirstOfFile && link.prev === lastSigned?.hash

  function accept(examined: Examined, link: Link): void {
    const { hash } = examined
    recent.set(hash, place)
    if (link.sig !== undefined) checkSigned(examined, link)
    else {
      unsigned++
      if (examined.isConfirmed === false) {
        find('recomputed', 'the confirmation of this line does not hold: it or lines before it were changed')
      }
    }
    // A line that hangs on the right one keeps its place, whatever number it shows.
    const seq = link.start === undefined && last?.hash === link.prev ? last.seq + 1 : link.seq
    last = { hash, seq, place }
    isFirstOfFile = false
  }

  function checkSigned({ hash, text, isSigned }: Examined, link: Link): void {
    signatures++
    const segment = link.segment ?? ''
    if (link.key !== ownKey) find('unknown_key', `signed with the key ${link.key}, not with ${ownKey}`)
    else if (isSigned !== true) {
      const since =
        lastSigned === undefined
          ? 'the beginning'
          : `line ${lastSigned.place.line} of ${lastSigned.place.file}`
      find(
        'recomputed',
        `the signature does not hold: this line or lines since ${since} were changed and linked anew`,
      )
    } else {
      unsigned = 0
      lastSigned = { segment, seq: link.seq, hash, time: lineTime(text), place }
      if (head?.segment === segment && head.seq === link.seq && head.hash === hash) isHeadSeen = true
    }
    if (segments.at(-1)?.segment !== segment) segments.push({ segment, ...place, start: undefined })
  }

  function takeOdd(): Odd[] {
    const taken = odd
    odd = []
    return taken
  }

  return {
    /** Begins a file. */
    file(name: string): void {
      place = { file: name, line: 0 }
      isFirstOfFile = true
    },
    line,
    /** A line that is longer than any line of the log can be. */
    overlong(): void {
      place = { file: place.file, line: place.line + 1 }
      lines++
      find('inserted', foreign)
    },
    /** The end of a file without a line feed. */
    unfinished(bytes: number): void {
      place = { file: place.file, line: place.line + 1 }
      lines++
      find(
        'unfinished',
        `the last line is not whole (${bytes} bytes): it was cut off, or the server was stopped while writing`,
      )
    },
    result(): Verification {
      for (const { place } of takeOdd()) {
        if (last === undefined) unchained++
        else find('inserted', foreign, place)
      }
      if (head !== undefined && !isHeadSeen) {
        find(
          'cut_off',
          `the log does not reach line ${head.seq} of ${head.segment}, which was recorded: its end is missing`,
        )
      }
      if (last === undefined && lines > 0) find('removed', 'there is no chained line in the log')
      const { place: _, ...lastHead } = lastSigned ?? { place: undefined }
      return {
        ok: findings.length === 0,
        findings,
        more,
        lines,
        segments,
        signatures,
        unsigned: uncovered + unsigned,
        torn,
        unchained,
        continues,
        head: lastSigned === undefined ? undefined : (lastHead as Head),
      }
    },
  }
}
