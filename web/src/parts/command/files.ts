import type { Fields } from './action.ts'
import { hasGaps, jsonOf } from './shell.ts'

/** A file that a command reads, to be filled in and put where the command is run. */
export type File = { readonly name: string; readonly text: string }

/** Files of some commands; the same content is one file. */
export type Files = {
  readonly all: File[]
  /** @returns its name */
  add(fields: Fields): string
}

export function newFiles(): Files {
  const all: File[] = []
  return {
    all,
    add(fields) {
      const text = `${jsonOf(fields, 2)}\n`
      const known = all.find((one) => one.text === text)
      if (known !== undefined) return known.name
      const name = all.length === 0 ? 'payload.json' : `payload-${all.length + 1}.json`
      all.push({ name, text })
      return name
    },
  }
}

/** Characters that people still read in a command line. */
const most = 4000

/** Whether fields go into a file: somebody has to fill them in, or they are too long for a line. */
export const needsFile = (fields: Fields): boolean => hasGaps(fields) || jsonOf(fields).length > most
