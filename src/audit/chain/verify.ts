import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type CheckOptions, createChecker, type Examined, type Verification } from '../check/checker.ts'
import { keyId } from './keys.ts'
import { isMacRight, isSignatureRight, lineHash, parseLink } from './line.ts'

export type { Finding, FindingKind, SegmentSummary, Verification } from '../check/checker.ts'

export type VerifyOptions = Omit<CheckOptions, 'keyId'> & {
  readonly publicKey: KeyObject
  /** The device's own key, which only the server has: checks the lines behind the last signature too. */
  readonly macKey?: KeyObject | undefined
}

/** Longer lines are none of ours: a request's body is bounded far below. */
const maxLineBytes = 128 * 1024 * 1024

/**
 * Checks log files, from the oldest to the newest of one process, without reading them into memory.
 *
 * With the public key alone it finds every line that was changed, removed, inserted, copied, moved or cut
 * off before the last signature; with a head, also that the end was cut off.
 *
 * @throws the error of the file system when a file cannot be read
 */
export async function verifyLogs(files: readonly string[], options: VerifyOptions): Promise<Verification> {
  return verifyStreams(
    files.map((name) => ({ name, open: () => createReadStream(name, { highWaterMark: 1 << 20 }) })),
    options,
  )
}

/** One file, or a part of one. */
export type Source = { readonly name: string; readonly open: () => AsyncIterable<unknown> }

/** As {@link verifyLogs}, of bytes that come from elsewhere. */
export async function verifyStreams(
  sources: readonly Source[],
  { publicKey, macKey, head, isPart }: VerifyOptions,
): Promise<Verification> {
  const checker = createChecker({ keyId: keyId(publicKey), head, isPart })
  const examine = (bytes: Buffer): Examined => {
    const text = bytes.toString()
    const link = parseLink(text)
    return {
      size: bytes.length,
      text,
      link,
      hash: lineHash(bytes),
      isSigned: link?.sig === undefined ? undefined : isSignatureRight(publicKey, text, link),
      isConfirmed:
        link?.mac === undefined || macKey === undefined ? undefined : isMacRight(macKey, text, link),
    }
  }
  for (const { name, open } of sources) {
    checker.file(name)
    let rest: Buffer[] = []
    let length = 0
    // The stream's type does not say that it gives buffers when no encoding is set.
    for await (const chunk of open() as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
        const piece = chunk.subarray(from, end)
        if (length > maxLineBytes) checker.overlong()
        else checker.line(examine(rest.length > 0 ? Buffer.concat([...rest, piece]) : piece))
        rest = []
        length = 0
        from = end + 1
      }
      length += chunk.length - from
      if (length > maxLineBytes) rest = []
      else if (from < chunk.length) rest.push(chunk.subarray(from))
    }
    if (length > 0) checker.unfinished(length)
  }
  return checker.result()
}
