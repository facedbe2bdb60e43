import { CofferError, isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import { TakenOver } from './duty.ts'

/** What one run of the sweep has to leave where it is, since it does not open. */
export type Left = {
  /** The last name of a folder that stays; the run goes on behind it. */
  behind(folder: string): string | undefined
  skip(folder: string, name: string): void
  /** Works on one row, and steps past it when it, or what it stands for, does not open. */
  past(folder: string, name: string, work: (key: StorageKey) => Promise<void>): Promise<void>
  /** Runs a part of the sweep so that what it fails with waits for the others. */
  apart(part: () => Promise<void>): Promise<void>
  /** @throws what went wrong first */
  report(): void
}

export function leftRows(): Left {
  const last = new Map<string, string>()
  let damaged = 0
  let first: unknown
  return {
    behind: (folder) => last.get(folder),
    skip: (folder, name) => void last.set(folder, name),
    async past(folder, name, work) {
      try {
        await work((folder + name) as StorageKey)
      } catch (error) {
        if (!isFailure(error, 'corrupt')) throw error
        if (damaged++ === 0) first = error
        last.set(folder, name)
      }
    },
    async apart(part) {
      try {
        await part()
      } catch (error) {
        if (error instanceof TakenOver) throw error
        first ??= error
      }
    },
    report() {
      if (first === undefined) return
      if (!isFailure(first, 'corrupt')) throw first
      throw new CofferError('corrupt', `${damaged} rows were left: ${first.message}`, { cause: first })
    },
  }
}
