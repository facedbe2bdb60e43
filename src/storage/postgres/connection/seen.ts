import { renameSync, writeFileSync } from 'node:fs'
import { fail } from '../../../base/errors.ts'
import { readStateFile } from '../../state-file.ts'
import type { State } from '../schema.ts'
import { Condemned, lostData, otherStore } from './watch.ts'

/** What a process saw of the database last. */
type Memory = { readonly lineage: string; readonly sequence: number; readonly slot: number }

/** A small file beside the node that remembers it, so that a database that went back is recognised. */
export type Seen = {
  /** How often the slot of this process had been replaced. */
  readonly slotCount: number
  /**
   * @returns the state
   * @throws {@link Condemned} when it is older than what was seen, or of another store
   */
  check(state: State, hint: string): State
  /** Writes down from now on what `now` says, when it has changed. */
  keep(now: () => Memory): { stop(): void }
}

/** Milliseconds; what was seen within the last of them may be missing after a crash. */
const interval = 1000

/** @throws storage_failed when the file cannot be read */
export function createSeen(file: string | undefined): Seen {
  const memory = file === undefined ? undefined : read(file)
  return {
    slotCount: memory?.slot ?? 0,
    check(state, hint) {
      if (memory === undefined) return state
      if (memory.lineage !== state.lineage) {
        throw new Condemned(`${otherStore}, or ${hint}`)
      }
      if (state.sequence < memory.sequence) throw new Condemned(`${lostData}; ${hint}`)
      return state
    },
    keep(now) {
      if (file === undefined) return { stop() {} }
      let written = ''
      const write = () => {
        const text = `${JSON.stringify(now())}\n`
        if (text === written) return
        try {
          writeFileSync(`${file}.new`, text, { mode: 0o600 })
          renameSync(`${file}.new`, file)
        } catch (cause) {
          fail('storage_failed', `${file} cannot be written`, { cause })
        }
        written = text
      }
      const tryToWrite = () => {
        try {
          write()
        } catch {
          // A full disk of the node is no reason to stop it; the file only helps.
        }
      }
      write()
      const timer = setInterval(tryToWrite, interval).unref()
      return {
        stop() {
          clearInterval(timer)
          tryToWrite()
        },
      }
    },
  }
}

function read(file: string): Memory | undefined {
  const text = readStateFile(file)
  if (text === undefined) return undefined
  return (
    parse(text) ?? fail('storage_failed', `${file} is damaged; remove it, and the next start makes it anew`)
  )
}

function parse(text: string): Memory | undefined {
  try {
    const { lineage, sequence, slot } = JSON.parse(text) as Record<string, unknown>
    const isRight =
      typeof lineage === 'string' && Number.isSafeInteger(sequence) && Number.isSafeInteger(slot)
    // Both are numbers: isSafeInteger says so.
    return isRight ? { lineage, sequence: sequence as number, slot: slot as number } : undefined
  } catch {
    return undefined
  }
}
