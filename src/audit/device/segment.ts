import { randomUUID } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { type Chain, type Head, startChain } from '../chain/chain.ts'
import type { ChainKeys } from '../chain/keys.ts'
import { noHash, type Start } from '../chain/line.ts'
import { type Ground, inspectTail } from '../chain/tail.ts'
import type { Sink } from './file.ts'

export type SegmentParts = {
  /** Names the device in reports: its path. */
  readonly name: string
  readonly origin: Pick<Start, 'device' | 'node' | 'process'>
  readonly keys: ChainKeys
  readonly open: () => Promise<Sink>
  readonly clock: Clock
  /** The last head that was put into storage for this device and process. */
  readonly readHead: () => Promise<Head | undefined>
  /** Told what an operator should know. No text holds a secret. */
  readonly report: (text: string) => void
}

const lineFeed = Buffer.from('\n')

export type OpenLog = { readonly sink: Sink; readonly chain: Chain }

/**
 * Opens a log and starts a segment in it, whose first line says what was found there: the hash of the last
 * line, an unfinished line, lines that were changed or are missing.
 *
 * @param body the first line; without it one of type `segment`
 */
export async function openSegment(parts: SegmentParts, body?: string): Promise<OpenLog> {
  const { name, keys, clock, report } = parts
  const sink = await parts.open()
  try {
    const recorded = await parts.readHead()
    const ground: Ground =
      sink.tail === undefined
        ? { prev: recorded?.hash ?? noHash, found: {}, isNewFile: true, isOpenEnded: false }
        : await inspectTail(sink.tail, keys, recorded)
    const { found } = ground
    if (found.changed) report(`audit device ${name}: lines at the end of its file were changed`)
    if (found.lost) report(`audit device ${name}: the end of its file is missing`)
    const start = { ...parts.origin, ...found }
    const { chain, first } = startChain(keys, randomUUID(), clock.now(), ground, start, body)
    await sink.write(ground.isOpenEnded ? Buffer.concat([lineFeed, first]) : first)
    return { sink, chain }
  } catch (error) {
    await sink.close().catch(() => {})
    throw error
  }
}
