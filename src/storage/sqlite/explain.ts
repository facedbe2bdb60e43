import { CofferError } from '../../base/errors.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html) that mean something to an operator. */
const texts: Readonly<Record<number, readonly ['storage_failed' | 'corrupt' | 'storage_locked', string]>> = {
  5: ['storage_locked', 'the store is locked by another program'],
  6: ['storage_locked', 'the store is locked by another program'],
  8: ['storage_failed', 'the store is read-only; check the permissions of its file and folder'],
  10: ['storage_failed', 'the disk could not be read or written'],
  11: ['corrupt', 'the store is damaged; restore it from a backup'],
  13: ['storage_failed', 'the disk is full; make space and try again'],
  14: ['storage_failed', 'the store cannot be opened; check its path and permissions'],
  26: ['corrupt', 'the file is not a Coffer store, or it is damaged'],
}

/** Turns what SQLite throws into an error of ours; SQLite's own texts may quote what was stored. */
export function explain(error: unknown): CofferError {
  if (error instanceof CofferError) return error
  const code = (error as { errcode?: unknown }).errcode
  const known = typeof code === 'number' ? texts[code & 0xff] : undefined
  if (known === undefined) return new CofferError('storage_failed', 'the store failed', { cause: error })
  return new CofferError(known[0], known[1], { cause: error })
}
