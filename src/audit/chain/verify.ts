import { createReadStream } from 'node:fs'
import { createChecker, type Verification, type VerifyOptions } from './checker.ts'

export type {
  Finding,
  FindingKind,
  SegmentSummary,
  Verification,
  VerifyOptions,
} from './checker.ts'

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
  const checker = createChecker(options)
  for (const file of files) {
    checker.file(file)
    let rest: Buffer[] = []
    let length = 0
    // The stream's type does not say that it gives buffers when no encoding is set.
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
        const piece = chunk.subarray(from, end)
        if (length > maxLineBytes) checker.overlong()
        else checker.line(rest.length > 0 ? Buffer.concat([...rest, piece]) : piece)
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
