import { sign } from 'node:crypto'
import type { Head } from '../check/checker.ts'
import type { ChainKeys } from './keys.ts'
import { lineHash, macOf, type Start } from './line.ts'
import { createLines } from './lines.ts'

export type { Head } from '../check/checker.ts'

/**
 * One process's chain of lines since it opened its file. What each part is for:
 *
 * - `prev`, a plain hash on every line, lets anyone see which line was changed, taken out, put in or moved.
 * - `sig` on a checkpoint, once a second, makes recomputing those hashes useless: only the server can sign.
 * - `mac`, under a key that only the server has, confirms the lines after the last checkpoint, one for each
 *   write. The server checks them when it opens the file again, before it signs what it found.
 * - the head of each checkpoint goes into storage, so that cutting off the end is seen.
 *
 * Cost, measured with lines of 900 bytes: 0.8 µs a line for `prev`; 2.3 µs a write for `mac` (on every line
 * it would treble the cost of the chain and prove nothing more about lines that were answered for); 41 µs a
 * second for `sig`.
 */
export type Chain = {
  readonly segment: string
  /** How many lines it has. */
  readonly length: number
  /** The last signed line. */
  readonly head: Head
  /** Whether lines were added since the last signed one. */
  readonly unsigned: boolean
  /**
   * Links lines for one write; the last of them confirms them all. Each ends in a line feed. The bytes are
   * overwritten by the next call.
   */
  link(bodies: readonly string[]): Buffer
  /** As {@link link}, with a checkpoint behind them. */
  seal(bodies: readonly string[], time: number): Buffer
  /** A checkpoint as the first line of a new file. */
  open(time: number): Buffer
}

const opens = ',"opens":true'

/**
 * Starts a chain.
 *
 * @param ground hash of the line before it, and whether its file is empty
 * @param body the first line, without its closing brace, as all bodies here
 */
export function startChain(
  keys: ChainKeys,
  segment: string,
  time: number,
  ground: { readonly prev: string; readonly isNewFile: boolean },
  start: Start,
  body = `{"time":"${new Date(time).toISOString()}","type":"segment"`,
): { chain: Chain; first: Buffer } {
  const lines = createLines()
  let seq = 0
  let last = ground.prev
  let unsigned = false
  let head = signed(body, time, `${ground.isNewFile ? opens : ''},"start":${JSON.stringify(start)}`)

  /** Puts the end on the line that begins at `from`. */
  function end(from: number, text: string): void {
    lines.add(text)
    last = lineHash(lines.written(from))
    lines.add('\n')
    seq++
  }

  function signed(body: string, time: number, more: string): Head {
    const from = lines.length
    const at = seq
    lines.add(body)
    lines.add(`,"chain":{"segment":"${segment}","seq":${seq},"prev":"${last}","key":"${keys.keyId}"${more}`)
    end(from, `,"sig":"${sign(null, lines.written(from), keys.sign).toString('base64')}"}}`)
    unsigned = false
    return { segment, seq: at, hash: last, time: new Date(time).toISOString() }
  }

  function plain(body: string, isLast: boolean): void {
    const from = lines.length
    // Apart: to join them into one string first would copy the body once more.
    lines.add(body)
    lines.add(`,"chain":{"seq":${seq},"prev":"${last}"`)
    end(from, isLast ? `,"mac":"${macOf(keys.mac, lines.written(from))}"}}` : '}}')
    unsigned = true
  }

  function add(bodies: readonly string[], isConfirmed: boolean): void {
    lines.clear()
    const end = bodies.length - 1
    for (let i = 0; i <= end; i++) plain(bodies[i] as string, isConfirmed && i === end)
  }

  function checkpoint(time: number, more: string): Buffer {
    head = signed(`{"time":"${new Date(time).toISOString()}","type":"checkpoint"`, time, more)
    return lines.written()
  }

  const chain: Chain = {
    segment,
    get length() {
      return seq
    },
    get head() {
      return head
    },
    get unsigned() {
      return unsigned
    },
    link(bodies) {
      add(bodies, true)
      return lines.written()
    },
    seal(bodies, time) {
      add(bodies, false)
      return checkpoint(time, '')
    },
    open(time) {
      lines.clear()
      return checkpoint(time, opens)
    },
  }
  return { chain, first: lines.written() }
}
