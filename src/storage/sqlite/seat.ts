import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { fail } from '../../base/errors.ts'
import { explained } from './explain.ts'
import { createPrivately } from './files.ts'
import { tryLock } from './writer/lock.ts'

/** The place of a process among those that have one store open: what they must not share is named by it. */
export type Seat = {
  /** Names where the store lies; stays the same from start to start, and is another one for a copy. */
  readonly node: string
  /** 0 for the first process, and for later ones the lowest number that is free. */
  readonly process: number
  release(): void
}

const maxSeats = 64

/**
 * Takes the lowest free seat beside an open store, until it is released or the process ends, however it ends.
 *
 * @param path the store's file, which is there
 * @throws storage_locked when too many processes have the store open; storage_failed when nothing can be
 * written beside it
 */
export function takeSeat(path: string): Seat {
  return explained(() => {
    const real = realpathSync(path)
    const node = nodeOf(`${real}.node`)
    for (let process = 0; process < maxSeats; process++) {
      const file = `${real}.process${process}`
      // Never opened by itself: closing it would drop the lock of another connection in this process.
      createPrivately(file)
      const lock = tryLock(file)
      if (lock !== undefined) return { node, process, release: lock.release }
    }
    return fail('storage_locked', `${maxSeats} processes have the store open, and no more may`)
  })
}

/** Two first starts at once agree: a link is made whole or not at all, and the first one stays. */
function nodeOf(file: string): string {
  const known = read(file)
  if (known !== undefined) return known
  const made = `${file}.${randomUUID()}`
  writeFileSync(made, `${randomUUID()}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(made, file)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error
  } finally {
    rmSync(made)
  }
  return read(file) ?? fail('storage_failed', `${file} cannot be read`)
}

function read(file: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
  return /^[0-9a-f-]{36}$/.test(text)
    ? text
    : fail('storage_failed', `${file} does not name a node; remove it, and the next start makes it anew`)
}
