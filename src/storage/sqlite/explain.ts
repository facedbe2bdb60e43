import { CofferError } from '../../base/errors.ts'

type Explanation = readonly ['storage_failed' | 'corrupt' | 'storage_locked', string]
const locked: Explanation = [
  'storage_locked',
  'another program holds the store locked; find it (for instance with lsof or fuser) and stop it',
]
const unreadable = 'the disk could not be read or written; see the log of the system'

/** SQLite's primary result codes (sqlite.org/rescode.html) that mean something to an operator. */
const texts: Readonly<Record<number, Explanation>> = {
  5: locked,
  6: locked,
  8: [
    'storage_failed',
    'the store is read-only; check the permissions of its file and folder, and how the disk is mounted',
  ],
  10: ['storage_failed', unreadable],
  11: ['corrupt', 'the store is damaged; restore it from a backup'],
  13: ['storage_failed', 'the disk is full; nothing was written: make space and try again'],
  14: [
    'storage_failed',
    'the store cannot be opened; check its path, and the permissions of its file and folder',
  ],
  26: ['corrupt', 'the file is not a Coffer store, or it is damaged'],
}

/** The same for errors of the operating system, by their names. */
const systemTexts: Readonly<Record<string, Explanation>> = {
  ENOSPC: texts[13] as Explanation,
  EDQUOT: texts[13] as Explanation,
  EROFS: texts[8] as Explanation,
  EACCES: texts[14] as Explanation,
  EPERM: texts[14] as Explanation,
  EEXIST: texts[14] as Explanation,
  ELOOP: texts[14] as Explanation,
  ENAMETOOLONG: texts[14] as Explanation,
  ENOENT: texts[14] as Explanation,
  ENOTDIR: texts[14] as Explanation,
  EIO: texts[10] as Explanation,
}

/** Turns what SQLite or the system throws into an error of ours; their own texts may quote what was stored. */
export function explain(error: unknown): CofferError {
  if (error instanceof CofferError) return error
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  const known =
    typeof errcode === 'number'
      ? texts[errcode & 0xff]
      : typeof code === 'string'
        ? systemTexts[code]
        : undefined
  if (known === undefined) return new CofferError('storage_failed', 'the store failed', { cause: error })
  return new CofferError(known[0], known[1], { cause: error })
}

/** Runs `work` and explains what it throws. */
export function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(error)
  }
}
